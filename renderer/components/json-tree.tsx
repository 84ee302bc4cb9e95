import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { JsonValue } from '../../core/domain/json.ts'
import styles from './json-tree.module.css'

const shownAtOnce = 100

/** A JSON value to fold and unfold. Only what is open is rendered. */
export function JsonTree({ value, name, depth = 0 }: { value: JsonValue; name?: string; depth?: number }) {
  const [open, setOpen] = useState(depth < 2)
  const [limit, setLimit] = useState(shownAtOnce)
  if (value === null || typeof value !== 'object') {
    return (
      <div className={styles.leaf}>
        {name !== undefined && <span className={styles.name}>{name}</span>}
        <span className={styles[value === null ? 'null' : typeof value]}>{JSON.stringify(value)}</span>
      </div>
    )
  }
  const entries = Object.entries(value as Record<string, JsonValue>)
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`
  return (
    <div>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} aria-hidden className={open ? styles.turned : undefined} />
        {name !== undefined && <span className={styles.name}>{name}</span>}
        <span className={styles.size}>{size}</span>
      </button>
      {open && (
        <div className={styles.children}>
          {entries.slice(0, limit).map(([key, child]) => (
            <JsonTree key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > limit && (
            <button type="button" className={styles.more} onClick={() => setLimit(limit + shownAtOnce)}>
              Show {Math.min(shownAtOnce, entries.length - limit)} more of {entries.length}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
