import { ownIdentity } from '../../../core/tracking/process-identity.ts'
import { digestLike, point, type Recording, someEnvironment, someTime } from './open-recording.ts'

/** Two steps that ran, with all that a run can have. */
export async function recordFirst(at: Recording) {
  const first = at.startRun(['raw', 'model'], { params: { 'model.C': 1 } })
  const raw = await at.give('raw', '[1,2]')
  const data = { path: 'data/wine.csv', digest: digestLike('d') }
  await at.doStep(first.stepRunIds.raw!, { step: 'raw', gives: [raw], filesRead: [data] })
  await at.doStep(first.stepRunIds.model!, {
    step: 'model',
    params: { C: 1 },
    inputs: [{ name: 'raw', digest: raw.descriptor.digest }],
    gives: [await at.give('model', '{"weights":1}'), await at.give('curve', '[3]', { role: 'logged' })],
    metrics: [point('model.accuracy', 0.9, 1), point('model.accuracy', 'NaN', 2), point('curve.area', 1)],
  })
  at.recorder.setParam(first.runId, 'model.chosen', 'l2')
  at.recorder.recordEnvironment(first.runId, someEnvironment)
  at.finish(first.runId)
  return first
}

export const head = {
  params: { 'model.C': 1, 'raw.path': null },
  tags: { team: 'blue' },
  experiment: 'again',
  git: { commit: 'abc', branch: 'main', diffDigest: null },
  host: 'here',
  owner: ownIdentity(),
}

export function reuse(
  at: Recording,
  first: { readonly stepRunIds: Readonly<Record<string, string>> },
  tags: Readonly<Record<string, string>> = head.tags,
) {
  const steps = Object.entries(first.stepRunIds).map(([step, id]) => ({ step, candidate: at.runs.candidate(id) }))
  return at.recorder.recordReused({
    ...head,
    tags,
    startedAt: someTime,
    durationMs: 3,
    environment: someEnvironment,
    steps,
  })
}
