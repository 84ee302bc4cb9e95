import { writeFileSync } from 'node:fs'
import { openRecording } from '../../core/tracking/open-recording.ts'

/** Records runs while the clock of this process jumps: libfaketime reads the offset from a file that is written here. */
const [folder, offset] = process.argv.slice(2) as [string, string]
const at = await openRecording(folder)
const told: Record<string, unknown>[] = []
async function record(name: string, jump: string, ends: boolean): Promise<void> {
  writeFileSync(offset, jump)
  const { runId, stepRunIds } = at.startRun(['train'], { tags: { name } })
  if (ends) {
    const given = await at.give('model', `{"of":"${name}"}`)
    await at.doStep(stepRunIds.train as string, { step: 'train', gives: [given] })
    at.finish(runId)
  }
  told.push({ name, runId, year: new Date().getFullYear() })
}
await record('now', '+0', true)
await record('ahead', '+10y', false)
await record('back', '-10y', true)
at.recorder.recoverInterrupted(() => false)
process.stdout.write(JSON.stringify(told))
at.database.close()
