import { FilePlus2 } from 'lucide-react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { useCommands } from '../../commands/command-registry.ts'
import { CommandButton } from '../../components/button.tsx'
import { showFailure, showToast } from '../../components/toast.tsx'
import { isEnded, useJobs } from '../../live/use-jobs.ts'
import { useAddDataset } from '../../queries/dataset-queries.ts'
import { useReadOnlyReason } from './use-read-only-reason.ts'

/** Records the files as they are now. Adds to what there is and takes nothing away, so it asks nothing. */
export function AddVersionButton({ dataset }: { readonly dataset: DatasetEntry }) {
  const { name, state, declared } = dataset
  const readOnly = useReadOnlyReason()
  const add = useAddDataset()
  // Still going on from before this page was left.
  const running = useJobs().some((job) => job.title === `Add ${name}` && !isEnded(job))
  const run = () =>
    add.mutate(
      { name, ...(declared ? {} : { path: dataset.path }) },
      {
        onSuccess: ({ dataset: { version }, isNew }) =>
          isNew
            ? showToast(`Version ${version} of ${name} is recorded`)
            : showToast(`${name} is still version ${version}`, { text: 'Neither files nor terms have changed.' }),
        onError: showFailure,
      },
    )
  const reason = state === 'missing' ? 'There is no file that could be recorded.' : null
  useCommands([
    { id: 'data.addVersion', title: `Add a version of ${name}`, context: 'Data', disabled: readOnly ?? reason, run },
  ])
  const isWanted = state === 'changed' || state === 'unversioned'
  return (
    <CommandButton
      id="data.addVersion"
      look={isWanted ? 'primary' : 'plain'}
      icon={FilePlus2}
      label="Add version"
      busy={add.isPending || running}
    />
  )
}
