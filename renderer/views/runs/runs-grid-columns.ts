import { useMemo } from 'react'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import type { GridColumn } from '../../components/grid.tsx'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { alignOf, titleOf, usualWidth } from './column-titles.ts'
import type { RunsLayout } from './runs-layout.ts'

const fixed: readonly GridColumn[] = [
  { id: 'mark', title: 'Compare', width: 36, sortable: false, quiet: true, movable: false },
  { id: 'star', title: 'Star', width: 42, sortable: false, quiet: true, movable: false },
  { id: 'id', title: 'Run', width: 142, movable: false },
]
/** The line of a group says what its runs share. */
const fixedOfGroups = fixed.map((column) => (column.id === 'id' ? { ...column, width: 290 } : column))

/** So many stand before the columns of values, and never move. */
export const fixedCount = fixed.length

export function useGridColumns(
  shown: readonly RunColumnName[],
  widths: RunsLayout['widths'],
  hasBaseline: boolean,
  isGrouped: boolean,
): readonly GridColumn[] {
  return useMemo(
    () => [
      ...(isGrouped ? fixedOfGroups : fixed),
      ...shown.map((name) => ({
        id: name,
        ...titleOf(name),
        align: alignOf(name),
        width: widths[name] ?? usualWidth(name, hasBaseline),
      })),
    ],
    [shown, widths, hasBaseline, isGrouped],
  )
}

/** The row of the newest run that was made the baseline. */
export function baselineRow(columns: RunColumns): number | null {
  const column = columns.column('tag.baseline')
  if (column?.kind !== 'text') return null
  for (let row = column.codes.length - 1; row >= 0; row--) if (column.codes[row] !== 0) return row
  return null
}
