import { useState } from 'react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { useDeclareDataset } from '../../queries/dataset-queries.ts'
import styles from './dialogs.module.css'
import { fromTermsText, TermsFields, toTermsText } from './terms-fields.tsx'
import { toastWithUndo } from './toast-with-undo.ts'

/** Changes what slipway.toml says of the terms; versions keep the terms that they were recorded under. */
export function TermsDialog({ dataset, onClose }: { readonly dataset: DatasetEntry; readonly onClose: () => void }) {
  const [terms, setTerms] = useState(toTermsText(dataset))
  const declare = useDeclareDataset()
  const send = () =>
    declare.mutate(
      {
        name: dataset.name,
        ...(dataset.declared ? {} : { path: dataset.path }),
        terms: fromTermsText(terms),
      },
      {
        onSuccess: ({ undo }) => {
          announce('Terms saved')
          toastWithUndo(`The terms of ${dataset.name} are changed`, 'The next version carries them.', undo)
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Terms of ${dataset.name}`}
      description="They are written into slipway.toml and flow along the lineage: an image says where its data came from and what it may be used for."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={declare.isPending} onClick={send}>
            Save terms
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <TermsFields terms={terms} onChange={setTerms} />
        <button type="submit" hidden />
        {declare.isError && <ErrorNotice error={declare.error} />}
      </form>
    </Dialog>
  )
}
