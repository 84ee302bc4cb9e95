import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import styles from './tabs.module.css'

export type Tab = { readonly id: string; readonly title: ReactNode; readonly content: ReactNode }

type TabsProps = {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly selected: string
  readonly onSelect: (id: string) => void
  /** What stands at the end of the row of tabs. */
  readonly tools?: ReactNode
}

/** Tabs over one panel each; arrows move between them. Fills its place. Ids become element ids, so they are encoded. */
export function Tabs({ label, tabs, selected, onSelect, tools }: TabsProps) {
  return (
    <Radix.Root
      className={styles.root}
      value={encodeURIComponent(selected)}
      onValueChange={(id) => onSelect(decodeURIComponent(id))}
    >
      <div className={styles.bar}>
        <Radix.List className={styles.list} aria-label={label}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.id} value={encodeURIComponent(tab.id)} className={styles.tab}>
              {tab.title}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {tools && <div className={styles.tools}>{tools}</div>}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={encodeURIComponent(tab.id)} className={styles.content} tabIndex={-1}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
