import { useEffect, useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { useBringFile } from '../../queries/bring-file.ts'
import { useFiles } from '../../queries/workspace-queries.ts'
import { askAboutDataset } from './dataset-dialogs-store.ts'
import { JobNotice } from './job-notice.tsx'
import type { OutsideFile } from './outside-file.ts'

/** Steps and datasets read files of the project, so one from outside is copied in first, to where the person says. */
export function BringFileDialog({ file, onClose }: { readonly file: OutsideFile; readonly onClose: () => void }) {
  const files = useFiles().data ?? []
  const [path, setPath] = useState(`data/${file.name}`)
  const bring = useBringFile()
  // Who leaves the dialog wants no half of the file either.
  useEffect(() => bring.stop, [bring.stop])
  const to = path.trim().replace(/^\.\//, '')
  const isTaken = files.some((one) => one.path === to)
  const problem = isTaken ? 'The project has a file there; it would not be replaced.' : null
  return (
    <FormDialog
      title={`Copy ${file.name} into the project`}
      description="It lies outside of the project. What steps and datasets read lies inside; the original stays as it is."
      action="Copy"
      busy={bring.isPending}
      missing={to === '' ? 'Say first where to put it.' : problem}
      onSend={() => bring.mutate({ file, to }, { onSuccess: () => askAboutDataset({ kind: 'add', path: to }) })}
      onClose={onClose}
    >
      <Field label="Put it at" help={helpOf(file)} problem={problem}>
        {(field) => (
          <TextInput
            {...field}
            value={path}
            readOnly={bring.isPending}
            onChange={({ target }) => setPath(target.value)}
          />
        )}
      </Field>
      {bring.sent !== null && <ProgressBar label={`Copy ${file.name}`} progress={bring.sent} />}
      <JobNotice job={bring.job} error={bring.error} />
    </FormDialog>
  )
}

function helpOf({ sizeBytes, from }: OutsideFile): string {
  const size = sizeBytes === null ? null : describeBytes(sizeBytes)
  return [size, from].filter(Boolean).join(', from ') || 'A path in the project, such as data/wine.csv.'
}
