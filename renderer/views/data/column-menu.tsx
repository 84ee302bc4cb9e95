import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import type { TableColumn } from '../../../core/domain/table.ts'
import { fitWidth } from '../../components/grid-head.tsx'
import styles from '../../components/menu.module.css'
import { arrangeColumns, changeLook, type TableLook } from './data-store.ts'
import { widthOf } from './table-grid.tsx'

type ColumnMenuProps = {
  readonly lookKey: string
  readonly look: TableLook
  readonly all: readonly TableColumn[]
  readonly column: TableColumn
  readonly onFilter: () => void
}

/** Everything that can be done with a column, for those who do not drag. */
export function ColumnMenu({ lookKey, look, all, column, onFilter }: ColumnMenuProps) {
  const { name } = column
  const change = (next: Partial<TableLook>) => changeLook(lookKey, next)
  const isPinned = look.pinned.includes(name)
  const others = look.sort.filter((one) => one.column !== name)
  const width = widthOf(column, look.widths)
  const shown = arrangeColumns(look, all).map((one) => one.name)
  const move = (by: -1 | 1) => {
    const at = shown.indexOf(name)
    const next = [...shown]
    next.splice(at, 1)
    next.splice(at + by, 0, name)
    change({ order: next })
  }
  return (
    <>
      <Item onSelect={() => change({ sort: [{ column: name, descending: false }] })}>Sort ascending</Item>
      <Item onSelect={() => change({ sort: [{ column: name, descending: true }] })}>Sort descending</Item>
      {others.length > 0 && (
        <Item onSelect={() => change({ sort: [...others, { column: name, descending: false }] })}>
          Sort by this next, ascending
        </Item>
      )}
      {others.length > 0 && (
        <Item onSelect={() => change({ sort: [...others, { column: name, descending: true }] })}>
          Sort by this next, descending
        </Item>
      )}
      {look.sort.length > 0 && <Item onSelect={() => change({ sort: [] })}>Do not sort</Item>}
      <DropdownMenu.Separator className={styles.line} />
      <Item onSelect={onFilter}>Filter by this column</Item>
      <DropdownMenu.Separator className={styles.line} />
      <Item
        onSelect={() =>
          change({ pinned: isPinned ? look.pinned.filter((one) => one !== name) : [...look.pinned, name] })
        }
      >
        {isPinned ? 'Unpin' : 'Pin to the left'}
      </Item>
      <Item onSelect={() => move(-1)}>Move left</Item>
      <Item onSelect={() => move(1)}>Move right</Item>
      <Item onSelect={() => change({ widths: { ...look.widths, [name]: fitWidth(width + 60) } })}>Wider</Item>
      <Item onSelect={() => change({ widths: { ...look.widths, [name]: fitWidth(width - 60) } })}>Narrower</Item>
      {shown.length > 1 && <Item onSelect={() => change({ hidden: [...look.hidden, name] })}>Hide</Item>}
    </>
  )
}

function Item({ onSelect, children }: { readonly onSelect: () => void; readonly children: ReactNode }) {
  return (
    <DropdownMenu.Item className={styles.item} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  )
}
