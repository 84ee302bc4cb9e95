import { writeSync } from 'node:fs'
import { openRecording } from '../../core/tracking/open-recording.ts'

/** Makes the file of the records of a folder smaller, and says what became of it. */
const { database } = await openRecording(process.argv[2] as string)
const records = await database.shrink(1e12)
writeSync(1, `${records?.state ?? 'nothing'}\n`)
database.close()
process.exit(0)
