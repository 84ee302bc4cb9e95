import { Columns3 } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import { kindOf, type RunColumnKind, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { Checkbox, TextInput } from '../../components/field.tsx'
import styles from './column-picker.module.css'
import { kindWords, titleOf } from './column-titles.ts'
import { changeRunsLayout, choosable, type RunsLayout, usualLayout } from './runs-layout.ts'

type ColumnPickerProps = {
  readonly project: string
  readonly names: readonly RunColumnName[]
  readonly layout: RunsLayout
  readonly shown: readonly RunColumnName[]
}

const kinds: readonly RunColumnKind[] = ['field', 'metric', 'param', 'tag']
const mostListed = 200

/** Which columns are shown: sought among all of them, by kind, one by one or whole kinds at once. */
export function ColumnPicker({ project, names, layout, shown }: ColumnPickerProps) {
  const [sought, setSought] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const asked = useDeferredValue(sought.trim().toLowerCase())
  const all = useMemo(() => choosable(names), [names])
  const found = useMemo(() => all.filter((name) => wordsOf(name).includes(asked)), [all, asked])
  const isShown = useMemo(() => new Set(shown), [shown])

  /** Those that come to the others stand in the usual order; the rest stay where they are. */
  function show(some: readonly RunColumnName[], on: boolean): void {
    const chosen = new Set(some)
    changeRunsLayout(project, ({ pinned }) => ({
      shown: on ? [...shown, ...some.filter((name) => !isShown.has(name))] : shown.filter((name) => !chosen.has(name)),
      pinned: on ? pinned : pinned.filter((name) => !chosen.has(name)),
    }))
  }

  return (
    <Popover.Root onOpenChange={() => setSought('')}>
      <Popover.Trigger asChild>
        <Button icon={Columns3}>
          Columns
          <span className={styles.count}>
            {shown.length} of {all.length}
          </span>
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Columns"
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            search.current?.focus()
          }}
        >
          <TextInput
            ref={search}
            type="search"
            aria-label="Search columns"
            placeholder={`Search ${describeCount(all.length, 'column')}`}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <div className={styles.list}>
            {found.length === 0 && <p className={styles.none}>No column has that name.</p>}
            {kinds.map((kind) => (
              <Group
                key={kind}
                kind={kind}
                found={found.filter((name) => kindOf(name) === kind)}
                isShown={isShown}
                onShow={show}
              />
            ))}
          </div>
          <div className={styles.foot}>
            <Checkbox
              label="Only columns that differ"
              checked={layout.onlyDiffering}
              onChange={(event) => changeRunsLayout(project, () => ({ onlyDiffering: event.target.checked }))}
            />
            <Button small look="quiet" onClick={() => changeRunsLayout(project, () => usualLayout)}>
              As at first
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

type GroupProps = {
  readonly kind: RunColumnKind
  readonly found: readonly RunColumnName[]
  readonly isShown: ReadonlySet<RunColumnName>
  readonly onShow: (names: readonly RunColumnName[], on: boolean) => void
}

function Group({ kind, found, isShown, onShow }: GroupProps) {
  if (found.length === 0) return null
  const count = found.filter((name) => isShown.has(name)).length
  return (
    <section className={styles.group} aria-label={kindWords[kind]}>
      <div className={styles.legend}>
        {kindWords[kind]}
        <span className={styles.count}>
          {count} of {found.length}
        </span>
      </div>
      <div className={styles.tools}>
        {count < found.length && (
          <Button small look="quiet" aria-label={`Show all: ${kindWords[kind]}`} onClick={() => onShow(found, true)}>
            Show all
          </Button>
        )}
        {count > 0 && (
          <Button small look="quiet" aria-label={`Hide all: ${kindWords[kind]}`} onClick={() => onShow(found, false)}>
            Hide all
          </Button>
        )}
      </div>
      {found.slice(0, mostListed).map((name) => {
        const { title, note } = titleOf(name)
        return (
          <div key={name} className={styles.item}>
            <Checkbox
              label={
                <span className={styles.words}>
                  {title} {note && <span className={styles.note}>{note}</span>}
                </span>
              }
              checked={isShown.has(name)}
              onChange={(event) => onShow([name], event.target.checked)}
            />
          </div>
        )
      })}
      {found.length > mostListed && (
        <p className={styles.none}>{found.length - mostListed} more: search to find them.</p>
      )}
    </section>
  )
}

function wordsOf(name: RunColumnName): string {
  return `${name} ${titleOf(name).title}`.toLowerCase()
}
