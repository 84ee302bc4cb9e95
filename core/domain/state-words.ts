import type { RunState, StepRunState } from './run.ts'

/** One word per state for people; total, so that a new state cannot be forgotten. */
export const runStateWords: Record<RunState, string> = {
  queued: 'Queued',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  canceled: 'Cancelled',
}

export const stepRunStateWords: Record<StepRunState, string> = {
  ...runStateWords,
  cached: 'Cached',
  skipped: 'Skipped',
}
