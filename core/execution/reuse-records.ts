import type { StepDeclaration } from '../domain/pipeline.ts'
import type { Recorder } from '../tracking/recorder.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'

/** A longer curve is shown where it was made; a run that reuses it takes its last point. */
const longestCopiedHistory = 10_000

/** What a reused step logged belongs to the run that reuses it as well: metrics with their curves, and params. */
export function reuseRecords(
  runId: string,
  step: StepDeclaration,
  candidate: StepRunCandidate,
  recorder: Pick<Recorder, 'logMetrics' | 'setParam'>,
  queries: Pick<RunQueries, 'run' | 'history'>,
): void {
  const origin = queries.run(candidate.runId)
  const names = [step.name, ...candidate.artifacts.filter(({ role }) => role === 'output').map(({ name }) => name)]
  const belongs = (key: string) => names.some((name) => key.startsWith(`${name}.`))
  const points = Object.keys(origin.metrics)
    .filter(belongs)
    .flatMap((key) => {
      const history = queries.history(candidate.runId, key)
      return history.slice(history.length > longestCopiedHistory ? -1 : 0).map((point) => ({ key, ...point }))
    })
  if (points.length > 0) recorder.logMetrics(runId, points)
  const declared = new Set(step.params.map((param) => `${step.name}.${param.name}`))
  for (const [key, value] of Object.entries(origin.params))
    if (key.startsWith(`${step.name}.`) && !declared.has(key)) recorder.setParam(runId, key, value)
}
