import { FlaskConical, Play } from 'lucide-react'
import { Button, CommandButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { DeletedRunsLink } from './delete-marked.tsx'

export function NoRuns() {
  return (
    <EmptyState
      icon={FlaskConical}
      title="No runs yet"
      actions={
        <>
          <CommandButton id="run.stale" look="primary" icon={Play} />
          <DeletedRunsLink />
        </>
      }
    >
      A run executes the steps that are stale and records every input, output and cause. Double-click a run, or press
      Enter on it, to see all of it.
    </EmptyState>
  )
}

export function NoRunMatches({ onClear }: { readonly onClear: () => void }) {
  return (
    <EmptyState
      icon={FlaskConical}
      title="No run matches the filter"
      actions={<Button onClick={onClear}>Clear the filter</Button>}
    />
  )
}
