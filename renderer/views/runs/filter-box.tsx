import { Search, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { DescribedFailure } from '../../../core/domain/failure.ts'
import { clausesOf, type FilterClause, withoutClause } from '../../../core/domain/filter-clauses.ts'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import { IconButton } from '../../components/button.tsx'
import { TextInput } from '../../components/field.tsx'
import styles from './filter-box.module.css'
import { type Suggestion, suggestFilter } from './suggest-filter.ts'

type FilterBoxProps = {
  readonly input: RefObject<HTMLInputElement | null>
  readonly value: string
  readonly onChange: (filter: string) => void
  readonly problem: DescribedFailure | null
  readonly names: readonly RunColumnName[]
  readonly valuesOf: (name: RunColumnName) => readonly string[]
}

/** The filter as text with what may come next, and as chips that can be taken away one by one. */
export function FilterBox({ input, value, onChange, problem, names, valuesOf }: FilterBoxProps) {
  const id = useId()
  const [caret, setCaret] = useState<number | null>(null)
  const [chosen, setChosen] = useState(-1)
  const suggestions = useMemo(
    () => (caret === null ? [] : suggestFilter(value, caret, { names, values: valuesOf })),
    [value, caret, names, valuesOf],
  )
  const isOpen = suggestions.length > 0
  const wanted = useRef<number | null>(null)
  useEffect(() => {
    if (wanted.current === null || input.current?.value !== value) return
    input.current.setSelectionRange(wanted.current, wanted.current)
    setCaret(wanted.current)
    wanted.current = null
  }, [value, input])

  function take({ text, from, to }: Suggestion): void {
    wanted.current = from + text.length
    setChosen(-1)
    onChange(value.slice(0, from) + text + value.slice(to).replace(/^ /, ''))
    input.current?.focus()
  }

  function hear(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'Escape' && isOpen) setCaret(null)
    else if (event.key === 'ArrowDown' && !isOpen) setCaret(event.currentTarget.selectionStart)
    else if (event.key === 'ArrowDown') setChosen((chosen + 1) % suggestions.length)
    else if (event.key === 'ArrowUp' && isOpen)
      setChosen((Math.max(chosen, 0) + suggestions.length - 1) % suggestions.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && suggestions[chosen]) take(suggestions[chosen])
    else if (event.key === 'Enter') setCaret(null)
    else return
    event.preventDefault()
  }

  return (
    <div className={styles.box}>
      <div className={styles.line}>
        <Search size={14} aria-hidden className={styles.sign} />
        <TextInput
          ref={input}
          className={styles.input}
          role="combobox"
          aria-label="Filter runs"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `${id}-list` : undefined}
          aria-activedescendant={chosen >= 0 && isOpen ? `${id}-${chosen}` : undefined}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
          placeholder="Filter: metric.accuracy > 0.9 and (param.C in (1, 10) or not tag.keep)"
          autoComplete="off"
          value={value}
          onChange={(event) => {
            setChosen(-1)
            setCaret(event.target.selectionStart)
            onChange(event.target.value)
          }}
          onKeyDown={hear}
          onFocus={(event) => value !== '' && setCaret(event.target.value.length)}
          onBlur={() => setCaret(null)}
        />
        {value !== '' && (
          <IconButton
            className={styles.clear}
            icon={X}
            size={13}
            label="Clear the filter"
            onClick={() => onChange('')}
          />
        )}
        {isOpen && (
          <div id={`${id}-list`} role="listbox" aria-label="What may come next" className={styles.list}>
            {suggestions.map((suggestion, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input hears the keys for its list
              <div
                key={suggestion.label}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={styles.option}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(suggestion)}
              >
                <code>{suggestion.label}</code>
                <span className={styles.note}>{suggestion.note}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      {problem && <Problem id={`${id}-problem`} failure={problem} />}
      {!problem && <Chips filter={value} onChange={onChange} />}
    </div>
  )
}

/** What is wrong, under the character where it begins to be. */
function Problem({ id, failure }: { readonly id: string; readonly failure: DescribedFailure }) {
  const details = failure.details as { filter?: string; position?: number; problem?: string } | null
  const { filter, position } = details ?? {}
  if (filter === undefined || position === undefined) {
    return (
      <p id={id} className={styles.problem}>
        {failure.message} {failure.remedy}
      </p>
    )
  }
  return (
    <p id={id} className={styles.problem}>
      <span>
        Character {position + 1}: {details?.problem}.
      </span>
      <code className={styles.place}>
        {filter.slice(Math.max(0, position - 40), position)}
        <mark>{/^\S*/.exec(filter.slice(position))?.[0] || ' '}</mark>
        {filter.slice(position).replace(/^\S+/, '').slice(0, 40)}
      </code>
    </p>
  )
}

function Chips({ filter, onChange }: { readonly filter: string; readonly onChange: (filter: string) => void }) {
  const clauses = useMemo(() => safeClauses(filter), [filter])
  if (clauses.length === 0) return null
  return (
    <ul className={styles.chips} aria-label="Applied filter">
      {clauses.map((clause) => (
        <li key={clause.from} className={styles.chip}>
          <code>{clause.text}</code>
          <button
            type="button"
            aria-label={`Take away: ${clause.text}`}
            onClick={() => onChange(withoutClause(filter, clause))}
          >
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}

/** While a filter is being typed it may be wrong for a moment. */
function safeClauses(filter: string): readonly FilterClause[] {
  try {
    return clausesOf(filter)
  } catch {
    return []
  }
}
