import { Rows3 } from 'lucide-react'
import type { ColumnSummary, TableColumn, TableView } from '../../../core/domain/table.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { useColumnSummaries } from '../../queries/table-queries.ts'
import styles from './column-inspector.module.css'
import { changeLook } from './data-store.ts'
import { Bars } from './mini-summary.tsx'
import { describeFigure, describeShare } from './summary-words.ts'
import { ValueInspector } from './value-inspector.tsx'

type ColumnInspectorProps = {
  readonly look: string
  readonly table: string
  readonly view: TableView
  readonly column: TableColumn | undefined
  readonly inspected: { readonly column: string; readonly row: number } | null
}

/** Beside the grid: the value that was opened, and what the chosen column holds. */
export function ColumnInspector({ look, table, view, column, inspected }: ColumnInspectorProps) {
  return (
    <div className={styles.pane}>
      {inspected && (
        <ValueInspector table={table} {...inspected} onClose={() => changeLook(look, { inspected: null })} />
      )}
      {column ? (
        <Summary look={look} table={table} view={view} column={column} />
      ) : (
        <EmptyState icon={Rows3} title="No column chosen">
          Choose a column to see what it holds.
        </EmptyState>
      )}
    </div>
  )
}

type SummaryProps = {
  readonly look: string
  readonly table: string
  readonly view: TableView
  readonly column: TableColumn
}

function Summary({ look, table, view, column }: SummaryProps) {
  const [answer] = useColumnSummaries(table, view, [column.name])
  return (
    <section aria-label={`Column ${column.name}`} className={styles.section}>
      <h2 className={styles.title}>{column.name}</h2>
      <p className={styles.type}>{column.type}</p>
      {answer?.isError && <ErrorNotice error={answer.error} />}
      {!answer?.isError && !answer?.data && <Loading what="the summary" />}
      {answer?.data && <SummaryFacts look={look} summary={answer.data} />}
    </section>
  )
}

function SummaryFacts({ look, summary }: { readonly look: string; readonly summary: ColumnSummary }) {
  const { rows, nulls, notFinite, distinct, min, max, mean, deviation, quartiles, shape } = summary
  const share = (count: number) => `${count.toLocaleString('en')} (${describeShare(count, rows)})`
  return (
    <>
      <Facts
        facts={[
          ['Rows', rows.toLocaleString('en')],
          ['Null', nulls === 0 ? 'none' : share(nulls)],
          notFinite > 0 && ['NaN, infinite', share(notFinite)],
          distinct.count > 0 && ['Distinct', `${distinct.isExact ? '' : '≈ '}${distinct.count.toLocaleString('en')}`],
          min !== null && ['Least', min],
          quartiles !== null && ['25 %', `≈ ${shorten(quartiles[0])}`],
          quartiles !== null && ['Median', `≈ ${shorten(quartiles[1])}`],
          quartiles !== null && ['75 %', `≈ ${shorten(quartiles[2])}`],
          max !== null && ['Greatest', max],
          mean !== null && ['Mean', describeFigure(mean)],
          deviation !== null && ['Deviation', describeFigure(deviation)],
        ]}
      />
      {shape?.kind === 'histogram' && (
        <figure className={styles.figure}>
          <Bars counts={shape.bars.map(({ count }) => count)} tall={72} />
          <figcaption className={styles.ends}>
            <span>{shape.bars[0]?.from}</span>
            <span>{shape.bars.at(-1)?.to}</span>
          </figcaption>
          <details>
            <summary>As a table</summary>
            <table className={styles.twin}>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col">To</th>
                  <th scope="col">Rows</th>
                </tr>
              </thead>
              <tbody>
                {shape.bars.map(({ from, to, count }) => (
                  <tr key={from}>
                    <td>{from}</td>
                    <td>{to}</td>
                    <td>{count.toLocaleString('en')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </figure>
      )}
      {shape?.kind === 'values' && (
        <>
          <h3 className={styles.subtitle}>Most frequent</h3>
          <ul className={styles.values}>
            {shape.values.map(({ value, count }) => (
              <li key={value}>
                <Button
                  small
                  look="quiet"
                  className={styles.value ?? ''}
                  title={`Filter by ${value}`}
                  onClick={() => filterBy(look, summary.column, value)}
                >
                  <span className={styles.valueWords}>{value === '' ? '""' : value}</span>
                  <span className={styles.valueShare}>{share(count)}</span>
                </Button>
                <span className={styles.track} aria-hidden>
                  <span style={{ inlineSize: `${(count / Math.max(1, rows)) * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
          {shape.others > 0 && <p className={styles.note}>{share(shape.others)} have other values.</p>}
        </>
      )}
    </>
  )
}

/** An estimate has no use for all of its digits; a time keeps its own form. */
function shorten(estimate: string): string {
  return /^-?[\d.]+(e[+-]?\d+)?$/.test(estimate) ? describeFigure(Number(estimate)) : estimate
}

function filterBy(look: string, column: string, value: string): void {
  const condition = { kind: 'compare', column, is: 'equal', value } as const
  changeLook(look, ({ pills }) => ({ pills: [...pills, { condition, isOff: false }] }))
}
