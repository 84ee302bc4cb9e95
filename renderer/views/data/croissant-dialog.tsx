import { useState } from 'react'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { showToast } from '../../components/toast.tsx'
import { useExportDataset } from '../../queries/dataset-queries.ts'
import { JobNotice } from './job-notice.tsx'

type CroissantDialogProps = { readonly name: string; readonly version: number; readonly onClose: () => void }

/** Describes a version as a Croissant document, in a new file of the project. */
export function CroissantDialog({ name, version, onClose }: CroissantDialogProps) {
  const [file, setFile] = useState(`exports/${name}-${version}.croissant.json`)
  const write = useExportDataset()
  const send = () =>
    write.mutate(
      { dataset: `${name}@${version}`, file: file.trim() },
      {
        onSuccess: () => {
          showToast('The Croissant document is written', { text: file.trim() })
          onClose()
        },
      },
    )
  return (
    <FormDialog
      title={`Export version ${version} of ${name}`}
      description="A Croissant 1.1 document: files with their digests, columns with their types, and the terms. It names the data and holds none of it."
      action="Export Croissant"
      busy={write.isPending}
      missing={file.trim() === '' ? 'Say which file to write.' : null}
      onSend={send}
      onClose={onClose}
    >
      <Field label="File in the project" help="A new file: none is ever replaced.">
        {(field) => <TextInput {...field} value={file} onChange={(event) => setFile(event.target.value)} />}
      </Field>
      <JobNotice job={write.job} error={write.error} />
    </FormDialog>
  )
}
