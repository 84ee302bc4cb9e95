import { Popover } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import type { RunColumnKind, RunColumnName } from '../../../core/domain/run-columns.ts'
import { Checkbox, TextInput } from '../../components/field.tsx'
import { kindWords, titleOf } from './column-titles.ts'
import styles from './picker.module.css'

type PickerProps = {
  readonly label: string
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly searchLabel: string
  readonly placeholder: string
  readonly sought: string
  readonly onSought: (text: string) => void
  /** What was found, kind by kind. */
  readonly children: ReactNode
  /** Under the list: what concerns all of it. */
  readonly foot: ReactNode
}

/** Columns to choose from, under a field to seek them by: it has the focus when the panel opens. */
export function Picker({ label, trigger, searchLabel, placeholder, sought, onSought, children, foot }: PickerProps) {
  const search = useRef<HTMLInputElement>(null)
  return (
    <Popover.Root onOpenChange={() => onSought('')}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            search.current?.focus()
          }}
        >
          <TextInput
            ref={search}
            type="search"
            aria-label={searchLabel}
            placeholder={placeholder}
            value={sought}
            onChange={(event) => onSought(event.target.value)}
          />
          <div className={styles.list}>{children}</div>
          {foot}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

type PickerKindProps = {
  readonly kind: RunColumnKind
  readonly found: readonly RunColumnName[]
  readonly mostListed: number
  readonly isChosen: (name: RunColumnName) => boolean
  readonly onChoose: (name: RunColumnName, on: boolean) => void
  /** Beside the word for the kind. */
  readonly count?: ReactNode
  readonly tools?: ReactNode
  /** Behind the title of a column. */
  readonly aside?: ((name: RunColumnName) => ReactNode) | undefined
}

/** What was found of one kind; nothing when nothing was. */
export function PickerKind({ kind, found, mostListed, isChosen, onChoose, count, tools, aside }: PickerKindProps) {
  if (found.length === 0) return null
  return (
    <section className={styles.group} aria-label={kindWords[kind]}>
      <div className={styles.legend}>
        {kindWords[kind]}
        {count && <span className={styles.count}>{count}</span>}
      </div>
      {tools && <div className={styles.tools}>{tools}</div>}
      {found.slice(0, mostListed).map((name) => {
        const { title, note } = titleOf(name)
        return (
          <div key={name} className={styles.item}>
            <Checkbox
              label={
                <span className={styles.words}>
                  {title} {note && <span className={styles.note}>{note}</span>}
                  {aside?.(name)}
                </span>
              }
              checked={isChosen(name)}
              onChange={(event) => onChoose(name, event.target.checked)}
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

/** What a column is sought by. */
export function wordsOf(name: RunColumnName): string {
  return `${name} ${titleOf(name).title}`.toLowerCase()
}
