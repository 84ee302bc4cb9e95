import { writeSync } from 'node:fs'
import { isFailure } from '../../../core/domain/failure.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'
import { recordRounds } from './record-rounds.ts'

/** Records rounds into the folder, each tried again until it is taken; says by which name it was refused. */
const say = (line: string) => writeSync(1, `${line}\n`)
const at = await openRecording(process.argv[2])
say('opened')
for (let round = 0, tries = 0; round < 3 && tries < 400; tries++) {
  try {
    await recordRounds(at, 1, say)
    round++
  } catch (error) {
    if (!isFailure(error)) throw error
    say(`refused ${error.code}`)
  }
}
at.database.close()
say('done')
