import { type ReactNode, useEffect } from 'react'
import { useCommands } from '../../commands/command-registry.ts'
import { useDatasets } from '../../queries/dataset-queries.ts'
import { AddDatasetDialog } from './add-dataset-dialog.tsx'
import { BringDialog } from './bring-dialog.tsx'
import { CroissantDialog } from './croissant-dialog.tsx'
import { askAboutDataset, useDatasetQuestion } from './dataset-dialogs-store.ts'
import { DropZone } from './drop-zone.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { TermsDialog } from './terms-dialog.tsx'
import { useReadOnlyReason } from './use-read-only-reason.ts'

const close = () => askAboutDataset(null)

/** The frame of the area: what its sidebar, its pages and the palette ask is asked here. */
export function DatasetDialogs({ children }: { readonly children?: ReactNode }) {
  const readOnly = useReadOnlyReason()
  useCommands([
    {
      id: 'data.add',
      title: 'Add a dataset',
      context: 'Data',
      keywords: ['file', 'folder', 'declare', 'upload', 'copy', 'choose'],
      disabled: readOnly,
      run: () => askAboutDataset({ kind: 'add', path: '' }),
    },
  ])
  useEffect(() => close, [])
  return (
    <>
      {children}
      <Question />
      <DropZone disabledReason={readOnly} />
    </>
  )
}

function Question() {
  const { question } = useDatasetQuestion()
  const datasets = useDatasets().data ?? []
  if (question === null) return null
  if (question.kind === 'bring') return <BringDialog data={question.data} onClose={close} />
  if (question.kind === 'add') return <AddDatasetDialog key={question.path} {...question} onClose={close} />
  const dataset = datasets.find(({ name }) => name === question.name)
  if (dataset === undefined) return null
  if (question.kind === 'terms') return <TermsDialog dataset={dataset} onClose={close} />
  const { version } = question
  return question.kind === 'restore' ? (
    <RestoreDialog dataset={dataset} version={version} onClose={close} />
  ) : (
    <CroissantDialog name={dataset.name} version={version} onClose={close} />
  )
}
