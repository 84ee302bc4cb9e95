import type { ReportProgress } from '../../domain/job.ts'

/** Stands in for a job that is about to be: keeps the last progress, and passes cancelling on. */
export function createRelay() {
  const abort = new AbortController()
  let last: Parameters<ReportProgress>[0] | null = null
  let target: ReportProgress | null = null
  return {
    signal: abort.signal,
    report: (progress: Parameters<ReportProgress>[0]) => {
      last = progress
      target?.(progress)
    },
    join(report: ReportProgress, signal: AbortSignal) {
      target = report
      if (last) report(last)
      if (signal.aborted) abort.abort()
      else signal.addEventListener('abort', () => abort.abort(), { once: true })
    },
  }
}
