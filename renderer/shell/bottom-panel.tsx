import { X } from 'lucide-react'
import { IconButton } from '../components/button.tsx'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { Tabs } from '../components/tabs.tsx'
import { isEnded, useJobs } from '../live/use-jobs.ts'
import { usePipelineNow } from '../live/use-pipeline-now.ts'
import { JobsList } from './jobs-list.tsx'
import { type BottomTab, togglePane, useLayout } from './layout-store.ts'
import { ProblemsList } from './problems-list.tsx'
import { RunLogPanel } from './run-log-panel.tsx'

export function BottomPanel() {
  const selected = useLayout((layout) => layout.bottomTab)
  const problems = usePipelineNow().pipeline?.problems.length ?? 0
  const running = useJobs().filter((job) => !isEnded(job)).length
  return (
    <section aria-label="Bottom panel" data-pane tabIndex={-1} style={{ blockSize: '100%' }}>
      <Tabs
        label="Bottom panel"
        selected={selected}
        onSelect={(id) => useLayout.setState({ bottomTab: id as BottomTab })}
        tools={<IconButton icon={X} label="Close the bottom panel" onClick={() => togglePane('panel')} />}
        tabs={[
          {
            id: 'problems',
            title: problems > 0 ? `Problems ${problems}` : 'Problems',
            content: guard(<ProblemsList />),
          },
          { id: 'log', title: 'Log', content: guard(<RunLogPanel />) },
          { id: 'jobs', title: running > 0 ? `Jobs ${running}` : 'Jobs', content: guard(<JobsList />) },
        ]}
      />
    </section>
  )
}

function guard(content: React.ReactNode) {
  return <ErrorBoundary>{content}</ErrorBoundary>
}
