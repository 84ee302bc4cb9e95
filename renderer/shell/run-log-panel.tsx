import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import { AnsiLog } from '../components/ansi-log.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { useLive } from '../live/live-store.ts'
import { toLogLines, visibleLines } from '../live/log-lines.ts'
import { useRunLog, useRuns } from '../queries/run-queries.ts'

/** The output of the newest run, all steps together: live while it runs, the kept log afterwards. */
export function RunLogPanel() {
  const live = useLive((now) => (now.latestRunId ? now.runs[now.latestRunId] : undefined))
  const newest = useRuns({ limit: 1 }).data?.runs[0]
  const isLive = live !== undefined && (live.log.lines.length > 0 || live.run?.endedAt === null)
  const kept = useRunLog(newest?.id ?? null, null, !isLive && newest !== undefined)
  const lines = useMemo(
    () => (isLive ? visibleLines(live.log) : toLogLines(kept.data?.text ?? '', '')),
    [isLive, live, kept.data],
  )
  if (lines.length === 0) {
    return (
      <EmptyState icon={ScrollText} title="Nothing was printed yet">
        What the steps print shows up here while they run.
      </EmptyState>
    )
  }
  return (
    <AnsiLog label="Log of the newest run" lines={lines} dropped={isLive ? live.log.dropped : 0} showStep={isLive} />
  )
}
