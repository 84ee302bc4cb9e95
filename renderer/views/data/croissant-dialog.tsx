import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { showToast } from '../../components/toast.tsx'
import { useExportDataset } from '../../queries/dataset-queries.ts'
import styles from './dialogs.module.css'
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
  const missing = file.trim() === '' ? 'Say which file to write.' : null
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Export version ${version} of ${name}`}
      description="A Croissant 1.1 document: files with their digests, columns with their types, and the terms. It names the data and holds none of it."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={write.isPending} disabledReason={missing} onClick={send}>
            Export Croissant
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (missing === null && !write.isPending) send()
        }}
      >
        <Field label="File in the project" help="A new file: none is ever replaced.">
          {(field) => <TextInput {...field} value={file} onChange={(event) => setFile(event.target.value)} />}
        </Field>
        <JobNotice job={write.job} error={write.error} />
      </form>
    </Dialog>
  )
}
