import { Trash2 } from 'lucide-react'
import { useProjectKey } from '../../clients/connections.tsx'
import { useCommands } from '../../commands/command-registry.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { useDeletedRuns } from '../../queries/run-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { useReadOnlyReason } from '../data/use-read-only-reason.ts'
import type { MarkedRuns } from './marked-runs.ts'
import { useRunDeletion } from './use-run-deletion.ts'

/** Deletes the selected runs, by a button while there are some and as a command. */
export function DeleteMarked({ marked, onDeleted }: { readonly marked: MarkedRuns; readonly onDeleted: () => void }) {
  const deletion = useRunDeletion()
  const readOnly = useReadOnlyReason()
  const remove = () =>
    void deletion.delete([...marked]).then((isDone) => {
      if (isDone) onDeleted()
    })
  useCommands([
    {
      id: 'runs.delete',
      title: 'Delete the selected runs',
      context: 'Runs',
      disabled: readOnly ?? (marked.size === 0 ? 'Select the runs to delete.' : null),
      run: remove,
    },
  ])
  if (marked.size === 0) return null
  return (
    <Button small look="quiet" icon={Trash2} busy={deletion.isBusy} disabledReason={readOnly} onClick={remove}>
      {`Delete ${describeCount(marked.size, 'run')}`}
    </Button>
  )
}

/** The way to the bin, while there is something in it. */
export function DeletedRunsLink() {
  const project = useProjectKey()
  const count = useDeletedRuns().data?.length ?? 0
  if (count === 0) return null
  return <a href={projectHref(project, 'runs', ['deleted'])}>{describeCount(count, 'deleted run')}</a>
}
