// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { X } from 'lucide-react'
import { parseExactJson } from '../../../core/domain/exact-json.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import { IconButton } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-text.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { JsonTree } from '../../components/json-tree.tsx'
import { Loading } from '../../components/loading.tsx'
import { useTableValue } from '../../queries/table-queries.ts'
import styles from './column-inspector.module.css'

type ValueInspectorProps = {
  readonly table: string
  readonly column: string
  readonly row: number
  readonly onClose: () => void
}

/** One value, whole: text as it is, lists and records to unfold. */
export function ValueInspector({ table, column, row, onClose }: ValueInspectorProps) {
  const value = useTableValue(table, column, row)
  const found = value.data
  return (
    <section aria-label="Value" className={styles.section}>
      <div className={styles.valueHead}>
        <h2 className={styles.title}>
          {column}, row {(row + 1).toLocaleString('en')}
        </h2>
        <IconButton icon={X} label="Close the value" onClick={onClose} />
      </div>
      {value.isError && <ErrorNotice error={value.error} />}
      {!value.isError && found === undefined && <Loading what="the value" />}
      {found && (
        <>
          <p className={styles.note}>
            {found.text === null ? 'null' : `${found.length.toLocaleString('en')} characters`}
            {found.isCut && ', of which the first 4 million are shown'}
          </p>
          {found.json !== null ? (
            <JsonTree value={toTree(parseExactJson(found.json))} />
          ) : (
            found.text !== null && (
              <section className={styles.whole} tabIndex={0} aria-label="Whole value">
                <pre>{found.text}</pre>
              </section>
            )
          )}
          {found.text !== null && <CopyButton text={found.json ?? found.text} label="Copy the value" />}
        </>
      )}
    </section>
  )
}

/** Numbers beyond 2^53 are shown as the digits that they are. */
function toTree(value: unknown): JsonValue {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(toTree)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toTree(member)]))
}
