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

export function Card({ children }: { readonly children: ReactNode }) {
  return <div className={styles.card}>{children}</div>
}
