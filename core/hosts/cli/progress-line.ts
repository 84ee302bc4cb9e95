import { describeBytes } from '../../domain/describe-bytes.ts'
import type { Job } from '../../domain/job.ts'

export type ProgressLine = {
  show(job: Job): void
  /** A line of its own; the live line comes back below it. */
  print(line: string): void
  clear(): void
}

type Target = { write(text: string): unknown; readonly columns?: number | undefined }

const plainPauseMs = 5_000
const longestPlainLine = 160

/** A live line on a terminal, plain lines elsewhere: one per phase, and the moving fact now and then. */
export function createProgressLine(
  target: Target,
  options: { readonly live: boolean; readonly quiet: boolean },
): ProgressLine {
  let shown = false
  let lastPhase = ''
  let lastPlainAt = 0

  const clear = () => {
    if (shown) target.write('\r\u001b[K')
    shown = false
  }
  return {
    show(job) {
      if (options.quiet) return
      if (job.endedAt !== null) {
        clear()
        target.write(`${describeEnd(job)}\n`)
        lastPhase = ''
        return
      }
      const line = describeProgress(job)
      if (options.live) {
        const width = (target.columns ?? 80) - 1
        target.write(`\r\u001b[K${shorten(line, width)}`)
        shown = true
        return
      }
      const phase = `${job.title} · ${job.progress?.phase ?? ''}`
      if (phase === lastPhase && Date.now() - lastPlainAt < plainPauseMs) return
      lastPhase = phase
      lastPlainAt = Date.now()
      target.write(`${shorten(line, longestPlainLine)}\n`)
    },
    print(line) {
      clear()
      target.write(`${line}\n`)
    },
    clear,
  }
}

function shorten(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

/** Phase, how far, what moves and for how long: never a percentage out of nothing. */
export function describeProgress(job: Job): string {
  const progress = job.progress
  if (!progress) return `${job.title} …`
  const phaseNumber = job.phases.indexOf(progress.phase) + 1
  const phase = phaseNumber > 0 && job.phases.length > 1 ? `[${phaseNumber}/${job.phases.length}] ` : ''
  const counted = describeCount(progress.done, progress.total, progress.unit)
  return [`${job.title}: ${phase}${progress.phase}`, counted, progress.fact].filter(Boolean).join(' · ')
}

function describeCount(done: number, total: number | null, unit: string | null): string {
  if (unit === null || (done === 0 && total === null)) return ''
  if (unit === 'bytes')
    return total === null ? describeBytes(done) : `${describeBytes(done)} of ${describeBytes(total)}`
  return total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`
}

function describeEnd(job: Job): string {
  const seconds = (Date.parse(job.endedAt as string) - Date.parse(job.startedAt)) / 1000
  const word = { completed: 'done', failed: 'failed', canceled: 'cancelled', queued: 'queued', running: 'running' }
  return `${job.title}: ${word[job.state]} (${seconds.toFixed(1)} s)`
}
