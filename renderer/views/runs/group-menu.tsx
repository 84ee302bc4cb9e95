import { Group as GroupSign } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useMemo, useRef, useState } from 'react'
import { type Aggregate, aggregates } from '../../../core/domain/group-rows.ts'
import { kindOf, type RunColumnKind, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox, Field, SelectInput, TextInput } from '../../components/field.tsx'
import picker from './column-picker.module.css'
import { kindWords, titleOf } from './column-titles.ts'
import { changeRunsLayout, isGroupable, type RunsLayout } from './runs-layout.ts'

type GroupMenuProps = {
  readonly project: string
  readonly names: readonly RunColumnName[]
  readonly layout: RunsLayout
  readonly onOpenAll: (() => void) | null
  readonly onCloseAll: (() => void) | null
}

export const aggregateWords: Record<Aggregate, string> = {
  mean: 'Mean',
  min: 'Lowest',
  max: 'Highest',
  count: 'How many have it',
}

const kinds: readonly RunColumnKind[] = ['field', 'param', 'tag']
const mostListed = 100

/** By what runs are put together, in which order, and how the numbers of a group are summed up. */
export function GroupMenu({ project, names, layout, onOpenAll, onCloseAll }: GroupMenuProps) {
  const [sought, setSought] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const { groupBy } = layout
  const change = (next: readonly RunColumnName[]) => changeRunsLayout(project, () => ({ groupBy: next }))
  const found = useMemo(() => {
    const words = sought.trim().toLowerCase()
    return names.filter((name) => isGroupable(name) && `${name} ${titleOf(name).title}`.toLowerCase().includes(words))
  }, [names, sought])
  return (
    <Popover.Root onOpenChange={() => setSought('')}>
      <Popover.Trigger asChild>
        <Button icon={GroupSign}>
          Group
          {groupBy.length > 0 && (
            <span className={picker.count}>by {groupBy.map((name) => titleOf(name).title).join(', ')}</span>
          )}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={picker.panel}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Group"
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            search.current?.focus()
          }}
        >
          <TextInput
            ref={search}
            type="search"
            aria-label="Search what to group by"
            placeholder="Search params and tags"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <div className={picker.list}>
            {found.length === 0 && <p className={picker.none}>Nothing to group by has that name.</p>}
            {kinds.map((kind) => {
              const some = found.filter((name) => kindOf(name) === kind)
              if (some.length === 0) return null
              return (
                <section key={kind} className={picker.group} aria-label={kindWords[kind]}>
                  <div className={picker.legend}>{kindWords[kind]}</div>
                  {some.slice(0, mostListed).map((name) => {
                    const { title, note } = titleOf(name)
                    const level = groupBy.indexOf(name)
                    return (
                      <div key={name} className={picker.item}>
                        <Checkbox
                          label={
                            <span className={picker.words}>
                              {title} {note && <span className={picker.note}>{note}</span>}
                              {level >= 0 && groupBy.length > 1 && (
                                <span className={picker.count}> level {level + 1}</span>
                              )}
                            </span>
                          }
                          checked={level >= 0}
                          onChange={(event) =>
                            change(event.target.checked ? [...groupBy, name] : groupBy.filter((one) => one !== name))
                          }
                        />
                      </div>
                    )
                  })}
                  {some.length > mostListed && (
                    <p className={picker.none}>{some.length - mostListed} more: search to find them.</p>
                  )}
                </section>
              )
            })}
          </div>
          <Field label="Numbers of a group">
            {(field) => (
              <SelectInput
                {...field}
                value={layout.aggregate}
                onChange={(event) => changeRunsLayout(project, () => ({ aggregate: event.target.value as Aggregate }))}
              >
                {aggregates.map((how) => (
                  <option key={how} value={how}>
                    {aggregateWords[how]}
                  </option>
                ))}
              </SelectInput>
            )}
          </Field>
          <div className={picker.foot}>
            <div>
              <Button small look="quiet" disabledReason={reason(onOpenAll, 'open')} onClick={onOpenAll ?? undefined}>
                Open all
              </Button>
              <Button small look="quiet" disabledReason={reason(onCloseAll, 'close')} onClick={onCloseAll ?? undefined}>
                Close all
              </Button>
            </div>
            <Button
              small
              look="quiet"
              disabledReason={groupBy.length === 0 ? 'The runs are not grouped.' : null}
              onClick={() => change([])}
            >
              No groups
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function reason(act: (() => void) | null, what: string): string | null {
  return act === null ? `There is no group to ${what}.` : null
}
