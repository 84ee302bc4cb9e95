import { useState } from 'react'
import type { TableExportFormat } from '../../../core/domain/table.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, SelectInput, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { showToast } from '../../components/toast.tsx'
import { useExportTable } from '../../queries/table-queries.ts'
import { showPanel } from '../../shell/layout-store.ts'

type ExportDialogProps = {
  readonly request: Omit<Parameters<ReturnType<typeof useExportTable>['mutate']>[0], 'format' | 'path'>
  readonly name: string
  readonly onClose: () => void
}

/** Writes the view to a new file of the project. */
export function ExportDialog({ request, name, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<TableExportFormat>('csv')
  const [path, setPath] = useState<string | null>(null)
  const start = useExportTable()
  const usual = `exports/${name}-view.${format}`
  const send = () =>
    start.mutate(
      { ...request, format, path: path ?? usual },
      {
        onSuccess: (job) => {
          showToast(job.title, {
            text: 'It goes on in the background.',
            action: { label: 'Show jobs', run: () => showPanel('jobs') },
          })
          onClose()
        },
      },
    )
  return (
    <FormDialog
      title="Export the view"
      description="The rows that fit the filter, in their order, with the columns that are shown."
      action="Export"
      busy={start.isPending}
      onSend={send}
      onClose={onClose}
    >
      <Field
        label="Format"
        help={
          format === 'csv'
            ? 'Text that a spreadsheet would run as a formula gets a quote before it.'
            : 'Values and types stay as they are.'
        }
      >
        {(field) => (
          <SelectInput
            {...field}
            value={format}
            onChange={(event) => setFormat(event.target.value as TableExportFormat)}
          >
            <option value="csv">CSV</option>
            <option value="parquet">Parquet</option>
          </SelectInput>
        )}
      </Field>
      <Field label="File in the project" help="A new file: none is ever replaced.">
        {(field) => <TextInput {...field} value={path ?? usual} onChange={(event) => setPath(event.target.value)} />}
      </Field>
      {start.isError && <ErrorNotice error={start.error} />}
    </FormDialog>
  )
}
