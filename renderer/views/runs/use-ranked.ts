import { useEffect } from 'react'
import { kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { sortAllRows } from '../../../core/domain/sort-rows.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { startsDescending } from './runs-layout.ts'

/** Sorts by each of the columns that are shown while nobody waits, so that the first click on a title finds it done. */
export function useRanked(columns: RunColumns, version: number, shown: readonly RunColumnName[]): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that columns have come
  useEffect(() => {
    const left = [...shown]
    let asked = 0
    const go = (): void => {
      const name = left.shift()
      if (name === undefined) return
      const column = columns.column(name)
      if (column) sortAllRows({ column, descending: startsDescending(name), json: kindOf(name) === 'param' })
      asked = requestIdleCallback(go)
    }
    asked = requestIdleCallback(go)
    return () => cancelIdleCallback(asked)
  }, [columns, version, shown])
}
