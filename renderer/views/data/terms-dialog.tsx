import { useState } from 'react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { announce } from '../../components/announcer.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useDeclareDataset } from '../../queries/dataset-queries.ts'
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
    <FormDialog
      wide
      title={`Terms of ${dataset.name}`}
      description="They are written into slipway.toml and flow along the lineage: an image says where its data came from and what it may be used for."
      action="Save terms"
      busy={declare.isPending}
      onSend={send}
      onClose={onClose}
    >
      <TermsFields terms={terms} onChange={setTerms} />
      {declare.isError && <ErrorNotice error={declare.error} />}
    </FormDialog>
  )
}
