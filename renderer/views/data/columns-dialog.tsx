import { useState } from 'react'
import type { TableColumn } from '../../../core/domain/table.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Checkbox, Field, TextInput } from '../../components/field.tsx'
import { changeLook, type TableLook } from './data-store.ts'
import styles from './dialogs.module.css'

type ColumnsDialogProps = {
  readonly lookKey: string
  readonly look: TableLook
  readonly all: readonly TableColumn[]
  readonly onClose: () => void
}

const mostListed = 300

/** Which columns are shown; found by a part of their name. */
export function ColumnsDialog({ lookKey, look, all, onClose }: ColumnsDialogProps) {
  const [search, setSearch] = useState('')
  const found = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
  const hide = (names: readonly string[]) => changeLook(lookKey, { hidden: names })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Columns"
      description={`${all.length - look.hidden.length} of ${all.length} are shown.`}
      actions={
        <>
          <Button onClick={() => hide([])}>Show all</Button>
          <Button
            disabledReason={found.length === all.length ? 'Search first: at least one column stays in sight.' : null}
            onClick={() => hide([...new Set([...look.hidden, ...found.map(({ name }) => name)])])}
          >
            Hide those found
          </Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <Field label="Search columns">
        {(field) => <TextInput {...field} value={search} onChange={(event) => setSearch(event.target.value)} />}
      </Field>
      <ul className={styles.list}>
        {found.slice(0, mostListed).map(({ name, type }) => (
          <li key={name} className={styles.line}>
            <Checkbox
              label={name}
              checked={!look.hidden.includes(name)}
              onChange={(event) =>
                hide(event.target.checked ? look.hidden.filter((one) => one !== name) : [...look.hidden, name])
              }
            />
            <span className={styles.aside}>{type.toLowerCase()}</span>
          </li>
        ))}
      </ul>
      {found.length > mostListed && <p className={styles.note}>{found.length - mostListed} more: search for them.</p>}
    </Dialog>
  )
}
