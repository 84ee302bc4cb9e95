import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import type { RunDetail } from '../../../core/domain/run.ts'
import { AnsiLog } from '../../components/ansi-log.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { useLive } from '../../live/live-store.ts'
import { toLogLines } from '../../live/log-lines.ts'
import { useRunLog } from '../../queries/run-queries.ts'

/** What the steps printed: live while the run goes on, from the store afterwards. */
export function RunLog({ detail }: { readonly detail: RunDetail }) {
  const { run } = detail
  const live = useLive((now) => now.runs[run.id]?.log ?? null)
  const ended = run.endedAt !== null
  const kept = useRunLog(run.id, null, ended)
  const lines = useMemo(() => toLogLines(kept.data?.text ?? '', ''), [kept.data])
  if (!ended && live) return <AnsiLog label="Log of the run" lines={live.lines} dropped={live.dropped} showStep />
  if (kept.isError) return <ErrorNotice error={kept.error} />
  if (!kept.data) return <Loading what="the log" />
  if (lines.length === 0) {
    return (
      <EmptyState icon={ScrollText} title="Nothing was printed">
        What the steps of this run print appears here and is kept with the run.
      </EmptyState>
    )
  }
  return <AnsiLog label="Log of the run" lines={lines} />
}
