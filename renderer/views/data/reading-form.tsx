import { useState } from 'react'
import type { TableEncoding, TableReading } from '../../../core/domain/table.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Checkbox, Field, SelectInput, TextInput } from '../../components/field.tsx'
import styles from './dialogs.module.css'

type ReadingFormProps = {
  readonly reading: TableReading
  readonly onApply: (reading: TableReading) => void
}

/** How a text file is to be read, where the guess was not right. */
export function ReadingForm({ reading, onApply }: ReadingFormProps) {
  const [next, setNext] = useState<TableReading>(reading)
  const set = (change: TableReading) => setNext((now) => ({ ...now, ...change }))
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        onApply(withoutEmpty(next))
      }}
    >
      <div className={styles.pair}>
        <Field label="Delimiter">
          {(field) => (
            <SelectInput
              {...field}
              value={next.delimiter ?? ''}
              onChange={(event) => set({ delimiter: event.target.value || undefined })}
            >
              <option value="">guess</option>
              <option value=",">comma</option>
              <option value=";">semicolon</option>
              <option value={'\t'}>tab</option>
              <option value="|">bar</option>
            </SelectInput>
          )}
        </Field>
        <Field label="Encoding">
          {(field) => (
            <SelectInput
              {...field}
              value={next.encoding ?? ''}
              onChange={(event) => set({ encoding: (event.target.value || undefined) as TableEncoding | undefined })}
            >
              <option value="">UTF-8</option>
              <option value="latin-1">Latin-1</option>
              <option value="utf-16">UTF-16</option>
            </SelectInput>
          )}
        </Field>
        <Field label="First line">
          {(field) => (
            <SelectInput
              {...field}
              value={next.header === undefined ? '' : String(next.header)}
              onChange={(event) =>
                set({ header: event.target.value === '' ? undefined : event.target.value === 'true' })
              }
            >
              <option value="">guess</option>
              <option value="true">names of columns</option>
              <option value="false">values</option>
            </SelectInput>
          )}
        </Field>
        <Field label="Null is written">
          {(field) => (
            <TextInput
              {...field}
              value={next.nullText ?? ''}
              placeholder="empty"
              onChange={(event) => set({ nullText: event.target.value || undefined })}
            />
          )}
        </Field>
        <Field label="Lines to leave out at the top">
          {(field) => (
            <TextInput
              {...field}
              inputMode="numeric"
              value={next.skipLines === undefined ? '' : String(next.skipLines)}
              onChange={(event) => set({ skipLines: Number.parseInt(event.target.value, 10) || undefined })}
            />
          )}
        </Field>
      </div>
      <Checkbox
        label="Decimal comma"
        checked={next.decimalComma ?? false}
        onChange={(event) => set({ decimalComma: event.target.checked || undefined })}
      />
      <Checkbox
        label="Take every column for text (keeps 007 and every digit)"
        checked={next.allText ?? false}
        onChange={(event) => set({ allText: event.target.checked || undefined })}
      />
      <Checkbox
        label="Leave out lines that do not fit the others"
        checked={next.skipBadLines ?? false}
        onChange={(event) => set({ skipBadLines: event.target.checked || undefined })}
      />
      <div>
        <Button look="primary" type="submit">
          Read again
        </Button>
      </div>
    </form>
  )
}

export function ReadingDialog(props: ReadingFormProps & { readonly onClose: () => void }) {
  return (
    <Dialog open onClose={props.onClose} title="How to read this file" description="The file itself is left as it is.">
      <ReadingForm
        reading={props.reading}
        onApply={(reading) => {
          props.onApply(reading)
          props.onClose()
        }}
      />
    </Dialog>
  )
}

function withoutEmpty(reading: TableReading): TableReading {
  return Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined))
}
