import { useState } from 'react'
import type { RecordingChange } from '../../../core/api/workspace-area.ts'
import type { RecordingSettings } from '../../../core/domain/project.ts'
import { parseSize, writeSize } from '../../../core/domain/quantity.ts'
import { announce } from '../../components/announcer.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useChangeRecording } from '../../queries/workspace-queries.ts'

type Key = keyof RecordingChange

const fields: readonly { readonly key: Key; readonly label: string; readonly help: string }[] = [
  {
    key: 'keepFile',
    label: 'A file that a step reads',
    help: 'A larger one is known by its digest alone. Usually 1 GB.',
  },
  { key: 'keepRun', label: 'All such files of one run', help: 'So that the run can be proved later. Usually 4 GB.' },
  {
    key: 'keepLog',
    label: 'What one step prints',
    help: 'Half from the beginning, half from the end. Usually 256 MB.',
  },
]

/** Changes [recording] of slipway.toml; an empty field takes the key out, so that what is usual holds. */
export function RecordingDialog({ kept, onClose }: { readonly kept: RecordingSettings; readonly onClose: () => void }) {
  const [texts, setTexts] = useState<Readonly<Record<Key, string>>>({
    keepFile: writeSize(kept.keepFileBytes),
    keepRun: writeSize(kept.keepRunBytes),
    keepLog: writeSize(kept.keepLogBytes),
  })
  const change = useChangeRecording()
  const isWrong = fields.some(({ key }) => problemOf(texts[key]) !== null)
  const send = () => {
    const read = (text: string) => (text.trim() === '' ? null : text.trim())
    change.mutate(
      { keepFile: read(texts.keepFile), keepRun: read(texts.keepRun), keepLog: read(texts.keepLog) },
      {
        onSuccess: () => {
          announce('Limits saved')
          onClose()
        },
      },
    )
  }
  return (
    <FormDialog
      title="What runs keep"
      description="Written into slipway.toml, under [recording]. It holds from the next run on; what is kept already stays."
      action="Save limits"
      busy={change.isPending}
      missing={isWrong ? 'A size is not understood.' : null}
      onSend={send}
      onClose={onClose}
    >
      {fields.map(({ key, label, help }) => (
        <Field key={key} label={label} help={help} problem={problemOf(texts[key])}>
          {(tied) => (
            <TextInput
              {...tied}
              value={texts[key]}
              onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {change.isError && <ErrorNotice error={change.error} />}
    </FormDialog>
  )
}

function problemOf(text: string): string | null {
  return text.trim() === '' || parseSize(text) !== null ? null : 'Write a size above zero, such as 256 MB or 1.5 GB.'
}
