import { writeSync } from 'node:fs'
import { openRecording } from './open-recording.ts'
import { recordFirst, reuse } from './reused-runs.ts'

/** Records a run and two that reuse all of it in the folder given, says their ids and is killed before it did more. */
const at = await openRecording(process.argv[2] as string)
const first = await recordFirst(at)
// Ahead of what is owed, or the second would have the first written out.
const reused = at.database.ahead(() => [reuse(at, first), reuse(at, first)])
writeSync(1, reused.map(({ run }) => run.id).join(' '))
process.kill(process.pid, 'SIGKILL')
