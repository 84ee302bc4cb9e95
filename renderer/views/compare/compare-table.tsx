import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { DiffText } from '../../components/diff-text.tsx'
import { Section } from '../../components/page.tsx'
import plain from '../../components/plain-table.module.css'
import styles from './compare-table.module.css'

export type ComparedRun = { readonly id: string; readonly letter: string; readonly note: string }

type CompareTableProps = {
  readonly title: string
  /** Values are digests or versions, to be read letter by letter. */
  readonly isCode?: boolean
  readonly runs: readonly ComparedRun[]
  readonly rows: readonly {
    readonly name: string
    readonly values: readonly (string | null)[]
    /** A word on each value: highest, +0.09. */
    readonly notes?: readonly (string | null)[]
    readonly diff?: string | null
  }[]
}

const nameWidth = 220
const runWidth = 132
const mostAtFirst = 40

/** One row per thing, one column per run. */
export function CompareTable({ title, isCode = false, runs, rows }: CompareTableProps) {
  const [showsAll, setShowsAll] = useState(false)
  if (rows.length === 0) return null
  const shown = showsAll ? rows : rows.slice(0, mostAtFirst)
  const isWide = runs.length > 5
  return (
    <Section title={title} count={rows.length}>
      <div className={plain.wrap} tabIndex={isWide ? 0 : undefined}>
        <table
          className={`${plain.table} ${styles.table}`}
          aria-label={title}
          style={isWide ? { minInlineSize: nameWidth + runs.length * runWidth } : undefined}
        >
          <colgroup>
            <col className={styles.names} style={isWide ? { inlineSize: nameWidth } : undefined} />
            {runs.map((run) => (
              <col key={run.id} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <th scope="col" className={styles.sticky}>
                Name
              </th>
              {runs.map((run) => (
                <th key={run.id} scope="col">
                  <RunHead run={run} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.name}>
                <th scope="row" className={`${styles.name} ${styles.sticky}`} title={row.name}>
                  {row.name}
                </th>
                {row.values.map((value, index) => (
                  <td key={runs[index]?.id} className={isCode ? 'mono' : styles.value}>
                    {value ?? <span className={styles.missing}>absent</span>}
                    {row.notes?.[index] && <span className={styles.note}>{row.notes[index]}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <div className={styles.diff}>
          <Button small onClick={() => setShowsAll(true)}>
            Show {rows.length - shown.length} more
          </Button>
        </div>
      )}
      {rows
        .filter((row) => row.diff)
        .map((row) => (
          <div key={row.name} className={styles.diff}>
            <p className={styles.caption}>
              {row.name}: {runs[0]?.letter} → {runs.at(-1)?.letter}
            </p>
            <DiffText label={`Code of ${row.name}, what changed`} diff={row.diff as string} />
          </div>
        ))}
    </Section>
  )
}

export function RunHead({ run }: { readonly run: ComparedRun }) {
  return (
    <>
      <span className={styles.letter}>{run.letter}</span>
      <code>{run.id}</code> {run.note}
    </>
  )
}
