import type { GridCell } from './table-keys.ts'

/** Cells from one corner to the other, both among them. */
export type GridRange = { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] }

export function rangeOf(active: GridCell, anchor: GridCell | null): GridRange {
  const other = anchor ?? active
  return {
    rows: [Math.max(0, Math.min(active.row, other.row)), Math.max(0, active.row, other.row)],
    columns: [Math.min(active.column, other.column), Math.max(active.column, other.column)],
  }
}
