import { useEffect, useMemo, useRef } from 'react'
import { valueIn } from '../../../core/domain/patch-column.ts'
import type { RunColumn, RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'

/** Of some columns those in which the rows are not all the same; the ones not known yet stay. Null asks for nothing. */
export function useDiffering(
  columns: RunColumns,
  version: number,
  rows: Uint32Array,
  wanted: readonly RunColumnName[] | null,
): readonly RunColumnName[] | null {
  /** What was found out about these rows is kept when a column has to leave. */
  const known = useRef<{ rows: Uint32Array; differs: Map<RunColumnName, boolean> }>({ rows, differs: new Map() })
  useEffect(() => {
    if (wanted) columns.need(wanted.filter((name) => !known.current.differs.has(name)))
  }, [columns, wanted])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that columns have come
  return useMemo(() => {
    if (wanted === null) return null
    if (known.current.rows !== rows) known.current = { rows, differs: new Map() }
    const { differs } = known.current
    for (const name of wanted) {
      const column = columns.column(name)
      if (column !== undefined && !differs.has(name)) differs.set(name, column !== null && isDiffering(column, rows))
    }
    return wanted.filter((name) => differs.get(name) !== false)
  }, [columns, version, rows, wanted])
}

function isDiffering(column: RunColumn, rows: Uint32Array): boolean {
  const [first] = rows
  if (first === undefined) return false
  const value = valueIn(column, first)
  return rows.some((row) => !Object.is(valueIn(column, row), value))
}
