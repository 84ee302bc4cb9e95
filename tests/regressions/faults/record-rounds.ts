import { point, type Recording } from '../../core/tracking/open-recording.ts'

/** Records one run after the other; each word is an acknowledgement, which `check-after-crash.ts` holds it to. */
export async function recordRounds(at: Recording, rounds: number, say: (line: string) => void): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { runId, stepRunIds } = at.startRun(['train'])
    say(`run ${runId}`)
    const given = await at.give('model', `${runId} ${'x'.repeat(30_000)}`)
    say(`put ${given.descriptor.digest}`)
    at.recorder.logMetrics(runId, [point('loss', 0.5, 0), point('loss', 0.25, 1)])
    say(`logged ${runId}`)
    await at.doStep(stepRunIds.train as string, { step: 'train', gives: [given], log: `log of ${runId}\n` })
    say(`step ${runId}`)
    await at.store.setReference({ name: `run:${runId}`, descriptor: given.descriptor })
    say(`named ${runId}`)
    at.finish(runId)
    say(`finished ${runId}`)
  }
}
