import { Group as GroupSign } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type Aggregate, aggregates } from '../../../core/domain/group-rows.ts'
import { kindOf, type RunColumnKind, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { Button } from '../../components/button.tsx'
import { Field, SelectInput } from '../../components/field.tsx'
import { titleOf } from './column-titles.ts'
import styles from './picker.module.css'
import { Picker, PickerKind, wordsOf } from './picker.tsx'
import { changeRunsLayout, isGroupable, type RunsLayout } from './runs-layout.ts'

export type Grouping = Pick<RunsLayout, 'groupBy' | 'aggregate'>

type GroupMenuProps = {
  readonly project: string
  readonly names: readonly RunColumnName[]
  readonly grouping: Grouping
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
export function GroupMenu({ project, names, grouping, onOpenAll, onCloseAll }: GroupMenuProps) {
  const [sought, setSought] = useState('')
  const { groupBy } = grouping
  const change = (next: readonly RunColumnName[]) => changeRunsLayout(project, () => ({ groupBy: next }))
  const found = useMemo(() => {
    const words = sought.trim().toLowerCase()
    return names.filter((name) => isGroupable(name) && wordsOf(name).includes(words))
  }, [names, sought])
  const levelOf = (name: RunColumnName) => {
    const level = groupBy.indexOf(name)
    return level >= 0 && groupBy.length > 1 && <span className={styles.count}> level {level + 1}</span>
  }
  return (
    <Picker
      label="Group"
      trigger={
        <Button icon={GroupSign}>
          Group
          {groupBy.length > 0 && (
            <span className={styles.count}>by {groupBy.map((name) => titleOf(name).title).join(', ')}</span>
          )}
        </Button>
      }
      searchLabel="Search what to group by"
      placeholder="Search params and tags"
      sought={sought}
      onSought={setSought}
      foot={
        <>
          <Field label="Numbers of a group">
            {(field) => (
              <SelectInput
                {...field}
                value={grouping.aggregate}
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
          <div className={styles.foot}>
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
        </>
      }
    >
      {found.length === 0 && <p className={styles.none}>Nothing to group by has that name.</p>}
      {kinds.map((kind) => (
        <PickerKind
          key={kind}
          kind={kind}
          found={found.filter((name) => kindOf(name) === kind)}
          mostListed={mostListed}
          isChosen={(name) => groupBy.includes(name)}
          onChoose={(name, on) => change(on ? [...groupBy, name] : groupBy.filter((one) => one !== name))}
          aside={levelOf}
        />
      ))}
    </Picker>
  )
}

function reason(act: (() => void) | null, what: string): string | null {
  return act === null ? `There is no group to ${what}.` : null
}
