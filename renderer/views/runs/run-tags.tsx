import { X } from 'lucide-react'
import { useState } from 'react'
import type { Run } from '../../../core/domain/run.ts'
import { IconButton } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextArea, TextInput } from '../../components/field.tsx'
import { noteTag, ownTags, useRunMarks } from './run-marks.ts'
import styles from './run-tags.module.css'

/** What a person says about a run: tags to filter by, and a note. Kept with the run. */
export function RunTags({ run }: { readonly run: Run }) {
  const marks = useRunMarks()
  const kept = run.tags[noteTag] ?? ''
  // Null while it is as it is kept: what is typed stays when an earlier note, or another window's, comes late.
  const [draft, setDraft] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  if (draft === kept) setDraft(null)
  const leaveNote = () => {
    if (draft === null) return
    const note = draft.trim()
    setDraft(note)
    marks.set(run.id, noteTag, note || null)
  }
  const add = () => {
    const [key = '', ...value] = typed.split('=')
    if (key.trim() === '') return
    marks.set(run.id, key.trim(), value.join('=').trim() || 'yes')
    setTyped('')
  }
  return (
    <div className={styles.stack}>
      <div className={styles.tags}>
        {ownTags(run).map(([key, value]) => (
          <span key={key} className={styles.tag}>
            {key}
            {value !== 'yes' && <span className={styles.value}>={value}</span>}
            <IconButton icon={X} size={11} label={`Remove tag ${key}`} onClick={() => marks.set(run.id, key, null)} />
          </span>
        ))}
        <form
          className={styles.add}
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <TextInput
            aria-label="Add a tag"
            placeholder="Add a tag, or key=value"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </form>
      </div>
      <div className={styles.note}>
        <Field label="Note" help={draft === null ? undefined : 'Kept when you leave the field.'}>
          {(props) => (
            <TextArea
              {...props}
              rows={2}
              value={draft ?? kept}
              onChange={(event) => setDraft(event.target.value)}
              onBlur={leaveNote}
            />
          )}
        </Field>
      </div>
      {marks.error && <ErrorNotice error={marks.error} />}
    </div>
  )
}
