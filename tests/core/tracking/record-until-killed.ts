import { writeSync } from 'node:fs'
import { openRecording, point } from './open-recording.ts'

/** Records without end; each line on stdout is an acknowledgement: `RUN ROUND`. */
const at = await openRecording(process.argv[2])
for (;;) {
  const { runId } = at.startRun(['loop'])
  for (let round = 0; round < 25; round++) {
    await at.store.putBytes(`${runId} ${round}`, 'text/plain')
    at.recorder.logMetrics(runId, [point('loop.round', round, round)])
    writeSync(1, `${runId} ${round}\n`)
  }
}
