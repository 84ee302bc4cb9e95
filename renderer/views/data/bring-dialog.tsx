import { useEffect, useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { describeCount } from '../../components/describe-values.ts'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { useBringData } from '../../queries/bring-data.ts'
import { useFiles } from '../../queries/workspace-queries.ts'
import { askAboutDataset } from './dataset-dialogs-store.ts'
import styles from './dialogs.module.css'
import { JobNotice } from './job-notice.tsx'
import type { OutsideData } from './outside-data.ts'

const mostNamed = 100

/** Steps and datasets read files of the project, so what is outside is copied in first, to where the person says. */
export function BringDialog({ data, onClose }: { readonly data: OutsideData; readonly onClose: () => void }) {
  const { words, isFolder } = data
  const files = useFiles().data ?? []
  const [path, setPath] = useState(`data/${data.name}`)
  const bring = useBringData()
  // Who leaves the dialog wants no half of it either.
  useEffect(() => bring.stop, [bring.stop])
  const to = path.trim().replace(/^\.\//, '').replace(/\/+$/, '')
  const isTaken = files.some((one) => one.path === to || one.path.startsWith(`${to}/`))
  const problem = isTaken
    ? isFolder
      ? 'The project has something there; a new folder is made, and nothing replaced.'
      : 'The project has a file there; it would not be replaced.'
    : null
  return (
    <FormDialog
      title={`Copy ${words} into the project`}
      description={
        isFolder
          ? 'They lie outside of the project, and become a folder of it, all or none. The originals stay as they are.'
          : 'It lies outside of the project. What steps and datasets read lies inside; the original stays as it is.'
      }
      action="Copy"
      busy={bring.isPending}
      missing={to === '' ? 'Say first where to put it.' : problem}
      onSend={() => bring.mutate({ data, to }, { onSuccess: () => askAboutDataset({ kind: 'add', path: to }) })}
      onClose={onClose}
    >
      <Field label={isFolder ? 'Put them in the new folder' : 'Put it at'} help={helpOf(data)} problem={problem}>
        {(field) => (
          <TextInput
            {...field}
            value={path}
            readOnly={bring.isPending}
            onChange={({ target }) => setPath(target.value)}
          />
        )}
      </Field>
      {isFolder && <Names data={data} />}
      {bring.sent !== null && <ProgressBar label={`Copy ${words}`} progress={bring.sent} />}
      <JobNotice job={bring.job} error={bring.error} />
    </FormDialog>
  )
}

function Names({ data: { files, from } }: { readonly data: OutsideData }) {
  const named = files?.map(({ path, bytes }) => ({ name: path, note: describeBytes(bytes.size) }))
  const all = named ?? (from ?? []).map((name) => ({ name, note: null }))
  return (
    // It can be scrolled, so the keyboard has to get there.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by Tab
    <ul className={styles.names} aria-label="What is copied" tabIndex={0}>
      {all.slice(0, mostNamed).map(({ name, note }) => (
        <li key={name}>
          <code>{name}</code> {note && <span className={styles.note}>{note}</span>}
        </li>
      ))}
      {all.length > mostNamed && (
        <li className={styles.note}>and {(all.length - mostNamed).toLocaleString('en')} more</li>
      )}
    </ul>
  )
}

function helpOf({ sizeBytes, from, files, isFolder }: OutsideData): string {
  const size = sizeBytes === null ? null : describeBytes(sizeBytes)
  const count = isFolder && files !== null ? describeCount(files.length, 'file') : null
  const place = isFolder ? null : from?.[0]
  const known = [[count, size].filter(Boolean).join(', '), place].filter(Boolean).join(', from ')
  return known || 'A path in the project, such as data/wine.'
}
