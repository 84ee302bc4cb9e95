export type GridCell = { readonly row: number; readonly column: number }
type Press = { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean }

/** Where a key leads in a grid, or null when it is not a key that moves. */
export function moveInGrid(
  { key, ctrlKey, metaKey }: Press,
  from: GridCell,
  size: { readonly rows: number; readonly columns: number },
  page: number,
): GridCell | null {
  const far = ctrlKey || metaKey
  const to = (row: number, column: number): GridCell => ({
    row: Math.max(0, Math.min(size.rows - 1, row)),
    column: Math.max(0, Math.min(size.columns - 1, column)),
  })
  switch (key) {
    case 'ArrowDown':
      return to(from.row + 1, from.column)
    case 'ArrowUp':
      return to(from.row - 1, from.column)
    case 'ArrowRight':
      return to(from.row, from.column + 1)
    case 'ArrowLeft':
      return to(from.row, from.column - 1)
    case 'PageDown':
      return to(from.row + page, from.column)
    case 'PageUp':
      return to(from.row - page, from.column)
    case 'Home':
      return to(far ? 0 : from.row, 0)
    case 'End':
      return to(far ? size.rows - 1 : from.row, size.columns - 1)
    default:
      return null
  }
}
