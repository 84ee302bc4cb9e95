import { useState } from 'react'
import type { DatasetEntry, DatasetFiles } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { showToast } from '../../components/toast.tsx'
import { useAddDataset, useDatasetFiles, useRestoreDataset } from '../../queries/dataset-queries.ts'
import styles from './dialogs.module.css'
import { JobNotice } from './job-notice.tsx'

type RestoreDialogProps = { readonly dataset: DatasetEntry; readonly version: number; readonly onClose: () => void }

const mostNamed = 8

/** Says which files would be overwritten, and where what they hold now is kept, before anything is written. */
export function RestoreDialog({ dataset, version, onClose }: RestoreDialogProps) {
  const { name } = dataset
  const reference = `${name}@${version}`
  const plan = useDatasetFiles(reference, 200)
  const unrecorded = dataset.state === 'changed' && dataset.declared
  const [addsFirst, setAddsFirst] = useState(true)
  const add = useAddDataset()
  const restore = useRestoreDataset()
  const send = async () => {
    if (unrecorded && addsFirst) await add.mutateAsync({ name })
    const { written, trashed } = await restore.mutateAsync(reference)
    showToast(`${name} is as it was in version ${version}`, {
      text: `${describeCount(written, 'file')} written${trashed.length > 0 ? '; what they held is in .slipway/trash/files' : ''}.`,
    })
    onClose()
  }
  const busy = add.isPending || restore.isPending
  const nothing = plan.data && plan.data.counts.same === plan.data.total - plan.data.counts.added
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Restore version ${version} of ${name}?`}
      description="Its files are put back where they lay in the project."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            busy={busy}
            disabledReason={nothing ? 'The files are already as they were in this version.' : null}
            // What goes wrong is shown by the job below.
            onClick={() => void send().catch(() => undefined)}
          >
            Restore version {version}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {plan.isError && <ErrorNotice error={plan.error} />}
        {plan.isPending && <Loading what="the files" />}
        {plan.data && <RestorePlan plan={plan.data} />}
        {unrecorded && (
          <Checkbox
            label="First record the files as they are now as a version of their own"
            checked={addsFirst}
            onChange={(event) => setAddsFirst(event.target.checked)}
          />
        )}
        <JobNotice job={restore.job ?? add.job} error={restore.error ?? add.error} />
      </div>
    </Dialog>
  )
}

function RestorePlan({ plan }: { readonly plan: DatasetFiles }) {
  const { changed, unsure, removed, same, added } = plan.counts
  const overwritten = plan.files.filter(({ change }) => change === 'changed' || change === 'unsure')
  return (
    <>
      <ul className={styles.plan}>
        {changed + unsure > 0 && (
          <li>
            <strong>{describeCount(changed + unsure, 'file')} overwritten.</strong> What is there now goes to
            .slipway/trash/files first.
          </li>
        )}
        {removed > 0 && <li>{describeCount(removed, 'missing file')} put back.</li>}
        {same > 0 && <li>{describeCount(same, 'file')} left, being the same already.</li>}
        {added > 0 && <li>{describeCount(added, 'file')} left that this version did not have.</li>}
      </ul>
      {overwritten.length > 0 && (
        <ul className={styles.names} aria-label="Files that are overwritten">
          {overwritten.slice(0, mostNamed).map(({ path, sizeBytes, recordedBytes }) => (
            <li key={path}>
              <code>{path}</code>{' '}
              <span className={styles.note}>
                {describeBytes(sizeBytes)} → {describeBytes(recordedBytes ?? 0)}
              </span>
            </li>
          ))}
          {changed + unsure > mostNamed && (
            <li className={styles.note}>and {(changed + unsure - mostNamed).toLocaleString('en')} more</li>
          )}
        </ul>
      )}
    </>
  )
}
