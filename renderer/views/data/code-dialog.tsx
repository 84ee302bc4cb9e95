// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { useState } from 'react'
import type { CodeLanguage } from '../../../core/domain/table.ts'
import { CopyButton } from '../../components/copy-text.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, SelectInput } from '../../components/field.tsx'
import { type CodeRequest, useViewCode } from '../../queries/table-queries.ts'
import styles from './dialogs.module.css'

const languages: readonly (readonly [CodeLanguage, string])[] = [
  ['pandas', 'pandas'],
  ['polars', 'polars'],
  ['sql', 'SQL (DuckDB)'],
]

/** The view on show as code that gives the same rows in a step or a notebook. */
export function CodeDialog(props: { readonly request: Omit<CodeRequest, 'language'>; readonly onClose: () => void }) {
  const [language, setLanguage] = useState<CodeLanguage>('pandas')
  const code = useViewCode({ ...props.request, language })
  return (
    <Dialog
      open
      wide
      onClose={props.onClose}
      title="View as code"
      description="The same rows and columns, to go on with in a step or a notebook."
      actions={code.data === undefined ? null : <CopyButton text={code.data} label="Copy code" />}
    >
      <Field label="Language">
        {(field) => (
          <SelectInput
            {...field}
            value={language}
            onChange={(event) => setLanguage(event.target.value as CodeLanguage)}
          >
            {languages.map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {code.isError && <ErrorNotice error={code.error} />}
      <section className={styles.code} tabIndex={0} aria-label="Code">
        <pre>{code.data}</pre>
      </section>
    </Dialog>
  )
}
