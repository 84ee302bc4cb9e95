import { writeSync } from 'node:fs'
import { createSpace } from '../../../core/space/create-space.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

/** Gives back what nothing needs in the records of a folder, and says how much that was. */
const folder = process.argv[2] as string
const { database, store, recorder, runs: queries } = await openRecording(folder)
const runs = { deleted: queries.deleted, end: recorder.endDeletedRuns }
const space = createSpace({ database, store, slipwayFolder: folder, runs, work: () => null })
const call = { report: () => undefined, signal: new AbortController().signal }
const { moved, ended } = await space.clear({ olderThanMs: 0 }, call)
writeSync(1, `moved ${moved.count}, ended ${ended.count}\n`)
database.close()
process.exit(0)
