import type { Run } from '../../core/domain/run.ts'
import { describeDuration } from '../components/describe-values.ts'

/** The end of a run as one sentence: for the status bar, the live region and the jobs list. */
export function describeRunEnd(run: Run): string {
  const took = run.durationMs === null ? '' : ` in ${describeDuration(run.durationMs)}`
  const kept = run.cachedSteps > 0 ? `, ${run.cachedSteps} of ${run.totalSteps} steps cached` : ''
  if (run.state === 'completed') return `Run completed${took}${kept}.`
  if (run.state === 'canceled') return `Run cancelled${took}${kept}.`
  return `Run failed${took}. ${run.failure?.message ?? ''}`.trim()
}
