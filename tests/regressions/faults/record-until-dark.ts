import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describeFailure } from '../../../core/domain/failure.ts'
import { openRecording, type Recording } from '../../core/tracking/open-recording.ts'
import { recordRounds } from './record-rounds.ts'

/** For each folder on stdin: records there until the disk fails, acknowledging on stdout; ends with `closed`. */
const say = (line: string) => writeSync(1, `${line}\n`)
for await (const folder of createInterface({ input: process.stdin })) {
  let at: Recording | null = null
  try {
    at = await openRecording(folder)
    say('opened')
    await recordRounds(at, Number.POSITIVE_INFINITY, say)
  } catch (error) {
    say(`failed ${describeFailure(error).code}`)
  }
  try {
    at?.database.close()
  } catch (error) {
    say(`failed ${describeFailure(error).code}`)
  }
  say('closed')
}
