import { useEffect } from 'react'
import { rankRows } from '../../../core/domain/rank-rows.ts'
import { kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'

/** Ranks the columns that are shown while nobody waits, so that a click on a title only has to put rows in order. */
export function useRanked(columns: RunColumns, version: number, shown: readonly RunColumnName[]): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that columns have come
  useEffect(() => {
    const left = [...shown]
    let asked = 0
    const go = (): void => {
      const name = left.shift()
      if (name === undefined) return
      const column = columns.column(name)
      if (column) rankRows(column, kindOf(name) === 'param')
      asked = requestIdleCallback(go)
    }
    asked = requestIdleCallback(go)
    return () => cancelIdleCallback(asked)
  }, [columns, version, shown])
}
