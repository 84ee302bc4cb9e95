import { Eye, EyeOff, Funnel, Plus, X } from 'lucide-react'
import { type RefObject, useId, useState } from 'react'
import type { TableColumn, TableCount } from '../../../core/domain/table.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { SelectInput, TextInput } from '../../components/field.tsx'
import { type Asking, askingsFor, describeCondition } from './condition-words.ts'
import type { Pill } from './data-store.ts'
import styles from './filter-bar.module.css'
import { describeShare } from './summary-words.ts'

type FilterBarProps = {
  readonly columns: readonly TableColumn[]
  readonly pills: readonly Pill[]
  readonly join: 'all' | 'any'
  /** Undefined while it is being counted. */
  readonly count: TableCount | undefined
  readonly likelyColumn: string | null
  readonly field: RefObject<HTMLSelectElement | null>
  readonly onPills: (pills: readonly Pill[]) => void
  readonly onJoin: (join: 'all' | 'any') => void
}

/** Conditions as pills, each of which can rest; what is left of the table beside them. */
export function FilterBar(props: FilterBarProps) {
  const { pills, join, count, onPills } = props
  const isOn = pills.some((pill) => !pill.isOff)
  return (
    <search className={styles.bar} aria-label="Filter">
      <Funnel size={14} aria-hidden className={styles.sign} />
      {pills.length > 1 && (
        <select
          className={styles.join}
          aria-label="Rows have to fit"
          value={join}
          onChange={(event) => props.onJoin(event.target.value as 'all' | 'any')}
        >
          <option value="all">all of</option>
          <option value="any">any of</option>
        </select>
      )}
      <ul className={styles.pills} aria-label="Conditions">
        {pills.map((pill, index) => {
          const words = describeCondition(pill.condition)
          const change = (next: Pill | null) =>
            onPills(pills.flatMap((one, at) => (at === index ? (next ? [next] : []) : [one])))
          return (
            <li key={words} className={styles.pill} data-off={pill.isOff || undefined}>
              <span className={styles.pillWords} title={words}>
                {words}
              </span>
              <IconButton
                size={12}
                icon={pill.isOff ? EyeOff : Eye}
                label={pill.isOff ? `Apply "${words}"` : `Let "${words}" rest`}
                onClick={() => change({ ...pill, isOff: !pill.isOff })}
              />
              <IconButton size={12} icon={X} label={`Remove "${words}"`} onClick={() => change(null)} />
            </li>
          )
        })}
      </ul>
      <NewCondition {...props} />
      {isOn && (
        <p className={styles.count} role="status">
          {count === undefined
            ? 'Counting…'
            : `${count.matching.toLocaleString('en')} of ${count.total.toLocaleString('en')} rows remain (${describeShare(count.matching, count.total)})`}
        </p>
      )}
    </search>
  )
}

function NewCondition({ columns, pills, likelyColumn, field, onPills }: FilterBarProps) {
  const id = useId()
  const [chosen, setChosen] = useState<string | null>(null)
  const [asked, setAsked] = useState<string | null>(null)
  const [values, setValues] = useState<readonly string[]>([])
  const column = columns.find(({ name }) => name === (chosen ?? likelyColumn)) ?? columns[0]
  const askings = askingsFor(column)
  const asking = askings.find((one) => one.id === asked) ?? (askings[0] as Asking | undefined)
  if (column === undefined || asking === undefined) return null
  const wanted = asking.values === 'many' ? 1 : asking.values
  const add = () => {
    const typed = column.kind === 'boolean' && values.length === 0 ? ['true'] : values
    const given = asking.values === 'many' ? (typed[0] ?? '').split(',').map((value) => value.trim()) : typed
    const condition = asking.make(column.name, given)
    const words = describeCondition(condition)
    if (!pills.some((pill) => describeCondition(pill.condition) === words))
      onPills([...pills, { condition, isOff: false }])
    setValues([])
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <select
        ref={field}
        className={styles.choice}
        aria-label="Column to filter"
        value={column.name}
        onChange={(event) => {
          setChosen(event.target.value)
          setAsked(null)
        }}
      >
        {columns.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <div className={styles.how}>
        <SelectInput aria-label="Comparison" value={asking.id} onChange={(event) => setAsked(event.target.value)}>
          {askings.map((one) => (
            <option key={one.id} value={one.id}>
              {one.words}
            </option>
          ))}
        </SelectInput>
      </div>
      {column.kind === 'boolean' && wanted === 1 ? (
        <div className={styles.how}>
          <SelectInput
            aria-label="Value"
            value={values[0] ?? 'true'}
            onChange={(event) => setValues([event.target.value])}
          >
            <option>true</option>
            <option>false</option>
          </SelectInput>
        </div>
      ) : (
        Array.from({ length: wanted }, (_, index) => (
          <TextInput
            // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second value
            key={index}
            id={`${id}-${index}`}
            className={styles.value ?? ''}
            aria-label={wanted === 2 ? (index === 0 ? 'From' : 'To') : 'Value'}
            placeholder={asking.values === 'many' ? 'a, b, c' : ''}
            value={values[index] ?? ''}
            onChange={(event) => {
              const next = [...values]
              next[index] = event.target.value
              setValues(next.map((value) => value ?? ''))
            }}
          />
        ))
      )}
      <Button small type="submit" icon={Plus}>
        Add filter
      </Button>
    </form>
  )
}
