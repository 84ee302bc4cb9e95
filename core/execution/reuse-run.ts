import type { RunDetail } from '../domain/run.ts'
import type { Recorder, ReusedRun } from '../tracking/recorder.ts'
import type { SeenAhead } from './look-ahead.ts'
import { sideFiles } from './side-file-state.ts'
import type { RunSurvey } from './survey-run.ts'

/** Records a run of which every step is reused, with its end; null, and nothing is recorded, when one has to run. */
export function reuseRun(
  head: Omit<ReusedRun, 'startedAt' | 'durationMs' | 'environment' | 'steps'>,
  { environment, survey }: SeenAhead,
  /** When it was asked for, by `performance.now()`. */
  began: number,
  recorder: Recorder,
): RunDetail | null {
  const steps = allReused(survey)
  if (!steps) return null
  const startedAt = new Date(Date.now() - (performance.now() - began)).toISOString()
  const durationMs = performance.now() - began
  return recorder.recordReused({ ...head, startedAt, durationMs, environment, steps })
}

/** What each step reuses, in order; null when one has to run, or files that it wrote have to be put back. */
function allReused({ plan, facts }: RunSurvey): ReusedRun['steps'] | null {
  const steps = plan.steps.flatMap(({ step, reuses }) => {
    const known = facts.get(step)
    const candidate = known?.candidates.find(({ id }) => id === reuses)
    const isWhole = known && candidate && sideFiles(candidate, known).every(({ found, recorded }) => found === recorded)
    return isWhole ? [{ step, candidate }] : []
  })
  return steps.length === plan.steps.length && steps.length > 0 ? steps : null
}
