import { writeSync } from 'node:fs'
import { openRecording } from '../../core/tracking/open-recording.ts'
import { recordRounds } from './record-rounds.ts'

/** Records so many rounds into the folder, acknowledging on stdout. */
const [folder, rounds = '1'] = process.argv.slice(2)
const say = (line: string) => writeSync(1, `${line}\n`)
const at = await openRecording(folder)
say('opened')
await recordRounds(at, Number(rounds), say)
at.database.close()
say('done')
