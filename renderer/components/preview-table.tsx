import { DropdownMenu } from 'radix-ui'
import { useCallback, useMemo, useState } from 'react'
import type { ArtifactPreview } from '../../core/domain/artifact.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import styles from './artifact-preview.module.css'
import { Grid, type GridColumn, type GridSort } from './grid.tsx'
import type { GridRange } from './grid-range.ts'
import menuStyles from './menu.module.css'

type Preview = Extract<ArtifactPreview, { kind: 'table' }>
type Cell = string | number | boolean | null

/** The rows of a preview, all of them at hand: sorted here, looked through and copied by keys. */
export function PreviewTable({ preview, name }: { readonly preview: Preview; readonly name: string }) {
  const [sort, setSort] = useState<readonly GridSort[]>([])
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  const rows = useMemo(
    () =>
      sortRows(
        preview.rows.map((row) => row.map(toCell)),
        sort,
      ),
    [preview, sort],
  )
  const columns = useMemo(
    () =>
      preview.columns.map((column, index): GridColumn => {
        const id = String(index)
        return {
          id,
          title: column.name,
          note: column.type,
          hint: `${column.name}: ${column.type}`,
          width: widths[id] ?? usualWidth(preview, index),
          align: /int|float|double|decimal|number/i.test(column.type) ? 'end' : 'start',
        }
      }),
    [preview, widths],
  )
  const cell = useCallback(
    (row: number, { id }: GridColumn) => {
      const value = rows[row]?.[Number(id)] ?? null
      return value === null ? <span className={styles.null}>null</span> : String(value)
    },
    [rows],
  )
  const copy = ({ rows: [first, last], columns: [left, right] }: GridRange) => {
    const lines = [
      columns.slice(left, right + 1).map(({ title }) => title),
      ...rows.slice(first, last + 1).map((row) => row.slice(left, right + 1).map((value) => value ?? '')),
    ]
    void navigator.clipboard.writeText(lines.map((values) => values.join('\t')).join('\n'))
  }
  return (
    <Grid
      label={`Rows of ${name}`}
      rows={rows.length}
      columns={columns}
      pinned={0}
      sort={sort}
      cell={cell}
      cells={{ onCopy: copy }}
      onSort={(id) => setSort((now) => nextSort(now, id))}
      onResize={(id, width) => setWidths((now) => ({ ...now, [id]: width }))}
      menu={({ id }) => (
        <>
          <Item onSelect={() => setSort([{ id, descending: false }])}>Sort ascending</Item>
          <Item onSelect={() => setSort([{ id, descending: true }])}>Sort descending</Item>
          {sort.length > 0 && <Item onSelect={() => setSort([])}>Do not sort</Item>}
        </>
      )}
    />
  )
}

function Item({ onSelect, children }: { readonly onSelect: () => void; readonly children: string }) {
  return (
    <DropdownMenu.Item className={menuStyles.item} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  )
}

function nextSort(sort: readonly GridSort[], id: string): readonly GridSort[] {
  const now = sort.find((one) => one.id === id)
  if (now === undefined) return [{ id, descending: false }]
  return now.descending ? [] : [{ id, descending: true }]
}

const collator = new Intl.Collator('en', { numeric: true })

/** Missing values stand last, whichever way it goes. */
function sortRows(rows: readonly (readonly Cell[])[], [by]: readonly GridSort[]): readonly (readonly Cell[])[] {
  if (by === undefined) return rows
  const column = Number(by.id)
  const turn = by.descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [left, right] = [one[column] ?? null, other[column] ?? null]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (typeof left === 'number' && typeof right === 'number') return turn * (left - right)
    return turn * collator.compare(String(left), String(right))
  })
}

/** Wide enough for its head and for what stands in it, within reason. */
function usualWidth({ columns, rows }: Preview, index: number): number {
  const { name, type } = columns[index] as Preview['columns'][number]
  const longest = Math.max(...rows.slice(0, 50).map((row) => String(row[index] ?? 'null').length), 0)
  return Math.max(84, Math.min(320, Math.max(name.length * 7 + type.length * 7 + 34, longest * 7.5 + 24)))
}

function toCell(value: JsonValue): Cell {
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : value
}
