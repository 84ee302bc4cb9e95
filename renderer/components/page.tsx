// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import type { ReactNode } from 'react'
import styles from './page.module.css'

type PageProps = {
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly actions?: ReactNode
  /** False when the body brings its own scrolling (a table, tabs). */
  readonly scrolls?: boolean
  readonly children: ReactNode
}

/** The frame of an area's main content: what it is, what can be done, then the content. */
export function Page({ title, note, actions, scrolls = true, children }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.head} data-over={scrolls || undefined}>
        <div className={styles.words}>
          <h1 className={styles.title}>{title}</h1>
          {note && <p className={styles.note}>{note}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={scrolls ? `${styles.body} ${styles.scroll}` : styles.body} tabIndex={scrolls ? 0 : undefined}>
        {children}
      </div>
    </div>
  )
}

type SectionProps = {
  readonly title: string
  readonly count?: number
  readonly tools?: ReactNode
  readonly children: ReactNode
}

export function Section({ title, count, tools, children }: SectionProps) {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.sectionHead}>
        <h2>
          {title}
          {count !== undefined && <span className={styles.count}> {count}</span>}
        </h2>
        {tools && <div className={styles.tools}>{tools}</div>}
      </div>
      {children}
    </section>
  )
}

/** A part of a page that scrolls by itself, known by its name and reached by keys. */
export function ScrollSection({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section className={`${styles.whole} ${styles.scroll}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** Sections beside each other, as many as there is room for. */
export function Columns({ children }: { readonly children: ReactNode }) {
  return <div className={styles.columns}>{children}</div>
}

export function Card({ children }: { readonly children: ReactNode }) {
  return <div className={styles.card}>{children}</div>
}
