import { DropdownMenu } from 'radix-ui'
import { spellName } from '../../../core/domain/filter-clauses.ts'
import { keyOf, kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { fitWidth } from '../../components/grid-head.tsx'
import menu from '../../components/menu.module.css'
import { changeRunsLayout, isGroupable, moveColumn, type RunsLayout } from './runs-layout.ts'

type ColumnMenuProps = {
  readonly project: string
  readonly name: RunColumnName
  readonly width: number
  readonly layout: RunsLayout
  /** As they stand now, the pinned ones first. */
  readonly order: readonly RunColumnName[]
  readonly onFilter: (begun: string) => void
}

/** Everything that can be done to a column, for those who do not drag. */
export function ColumnMenu({ project, name, width, layout, order, onFilter }: ColumnMenuProps) {
  const change = (make: (now: RunsLayout) => Partial<RunsLayout>) => changeRunsLayout(project, make)
  const sorted = layout.sort.find(({ id }) => id === name)
  const isPinned = layout.pinned.includes(name)
  const isGrouping = layout.groupBy.includes(name)
  const at = order.indexOf(name)
  const [left, right] = [order[at - 1], order[at + 1]]
  const sortBy = (descending: boolean, isFurther: boolean) =>
    change(({ sort }) => ({
      sort: [...(isFurther ? sort.filter(({ id }) => id !== name) : []), { id: name, descending }],
    }))
  const widen = (next: number) => change(({ widths }) => ({ widths: { ...widths, [name]: fitWidth(next) } }))
  const kind = kindOf(name)
  return (
    <>
      <Item words="Sort ascending" act={() => sortBy(false, false)} />
      <Item words="Sort descending" act={() => sortBy(true, false)} />
      {layout.sort.length > 0 && !sorted && (
        <>
          <Item words="Then sort ascending by it" act={() => sortBy(false, true)} />
          <Item words="Then sort descending by it" act={() => sortBy(true, true)} />
        </>
      )}
      {sorted && (
        <Item
          words="Do not sort by it"
          act={() => change(({ sort }) => ({ sort: sort.filter(({ id }) => id !== name) }))}
        />
      )}
      {name !== 'cachedSteps' && (
        <Item
          words="Filter by it …"
          act={() => onFilter(`${kind === 'field' ? name : spellName(kind, keyOf(name))} `)}
        />
      )}
      {isGroupable(name) && (
        <Item
          words={isGrouping ? 'Do not group by it' : layout.groupBy.length > 0 ? 'Then group by it' : 'Group by it'}
          act={() =>
            change(({ groupBy }) => ({
              groupBy: isGrouping ? groupBy.filter((one) => one !== name) : [...groupBy, name],
            }))
          }
        />
      )}
      <DropdownMenu.Separator className={menu.line} />
      <Item
        words={isPinned ? 'Unpin' : 'Pin to the left'}
        act={() =>
          change(({ pinned }) => ({ pinned: isPinned ? pinned.filter((one) => one !== name) : [...pinned, name] }))
        }
      />
      {left && <Item words="Move left" act={() => change((now) => moveColumn(now, order, name, left))} />}
      {right && <Item words="Move right" act={() => change((now) => moveColumn(now, order, right, name))} />}
      <Item words="Wider" act={() => widen(width + 40)} />
      <Item words="Narrower" act={() => widen(width - 40)} />
      <DropdownMenu.Separator className={menu.line} />
      <Item
        words="Hide"
        act={() =>
          change(({ pinned, sort }) => ({
            shown: order.filter((one) => one !== name),
            pinned: pinned.filter((one) => one !== name),
            sort: sort.filter(({ id }) => id !== name),
          }))
        }
      />
    </>
  )
}

function Item({ words, act }: { readonly words: string; readonly act: () => void }) {
  return (
    <DropdownMenu.Item className={menu.item} onSelect={act}>
      {words}
    </DropdownMenu.Item>
  )
}
