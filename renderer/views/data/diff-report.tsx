import { Equal, Minus, MoveHorizontal, PencilLine, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ColumnStatistics, DatasetDiff, RowDifference } from '../../../core/domain/dataset.ts'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from './dataset-page.module.css'
import { schemaWords, wordFigure } from './dataset-words.ts'

/** A difference whole: one line, then columns, statistics, rows and files. Signs say what colours repeat. */
export function DiffReport({ diff }: { readonly diff: DatasetDiff }) {
  const { from, to, rows, files, schema, statistics, examples, key, note } = diff
  if (diff.same)
    return (
      <EmptyState icon={Equal} title="Nothing differs">
        Both sides have the digest {from.digest.slice(7, 19)}: every file holds the same bytes.
      </EmptyState>
    )
  const cards: readonly (readonly [string, string] | false)[] = [
    from.rows !== null &&
      to.rows !== null && ['Rows', `${from.rows.toLocaleString('en')} → ${to.rows.toLocaleString('en')}`],
    rows !== null && ['Rows added', `+${rows.added.toLocaleString('en')}`],
    rows !== null && ['Rows removed', `−${rows.removed.toLocaleString('en')}`],
    rows !== null && key.length > 0 && ['Rows changed', `~${rows.changed.toLocaleString('en')}`],
    ['Files', wordFiles(files)],
  ]
  return (
    <>
      <p className={styles.summary} role="status">
        {diff.summary}
      </p>
      {note && <p className={styles.muted}>{note}</p>}
      <dl className={styles.cards} aria-label="Counts">
        {cards
          .filter((card) => card !== false)
          .map(([name, value]) => (
            <div key={name} className={styles.card}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {schema.length > 0 && (
        <Section title="Columns that differ" count={schema.length}>
          <PlainTable
            label="Columns that differ"
            heads={['Column', 'Change', 'From', 'To']}
            rows={schema.map(({ kind, column, from, to }) => ({
              id: `${column} ${kind}`,
              cells: [
                <strong key="column">{column}</strong>,
                <Sign key="change" kind={kind}>
                  {schemaWords[kind]}
                </Sign>,
                from === null ? '' : kind === 'moved' ? `place ${from}` : <code key="from">{from}</code>,
                to === null ? '' : kind === 'moved' ? `place ${to}` : <code key="to">{to}</code>,
              ],
            }))}
          />
        </Section>
      )}
      {statistics.length > 0 && <StatisticsDiff statistics={statistics} />}
      {examples.length > 0 && (
        <Section title="Rows that differ" count={examples.length}>
          <RowDiff examples={examples} keyColumns={key} total={rows} />
        </Section>
      )}
      {files.first.length > 0 && (
        <Section title="Files that differ" count={files.added + files.removed + files.changed}>
          <PlainTable
            label="Files that differ"
            heads={['File', 'Change']}
            rows={files.first.map(({ kind, path }) => ({
              id: path,
              cells: [
                <code key="path">{path}</code>,
                <Sign key="kind" kind={kind}>
                  {fileWords[kind]}
                </Sign>,
              ],
            }))}
          />
        </Section>
      )}
    </>
  )
}

const fileWords = { added: 'Added', removed: 'Removed', changed: 'Changed' } as const
const signs = {
  added: { icon: Plus, look: styles.added },
  removed: { icon: Minus, look: styles.removed },
  changed: { icon: PencilLine, look: styles.changed },
  retyped: { icon: PencilLine, look: styles.changed },
  moved: { icon: MoveHorizontal, look: styles.muted },
}

function Sign({ kind, children }: { readonly kind: keyof typeof signs; readonly children: ReactNode }) {
  const { icon: Icon, look } = signs[kind]
  return (
    <span className={`${styles.sign} ${look}`}>
      <Icon size={13} aria-hidden />
      {children}
    </span>
  )
}

const figures = ['nulls', 'distinct', 'min', 'max', 'mean', 'deviation'] as const

function StatisticsDiff({ statistics }: Pick<DatasetDiff, 'statistics'>) {
  return (
    <Section title="Statistics that differ" count={statistics.length}>
      <PlainTable
        label="Statistics that differ"
        heads={[
          'Column',
          ...['Missing', 'Different', 'Min', 'Max', 'Mean', 'Deviation'].map((text) => ({
            text,
            align: 'end' as const,
          })),
        ]}
        rows={statistics.map(({ column, from, to }) => ({
          id: column,
          cells: [
            <strong key="column">{column}</strong>,
            ...figures.map((figure) => <Figure key={figure} figure={figure} from={from} to={to} />),
          ],
        }))}
      />
    </Section>
  )
}

type FigureProps = {
  readonly figure: (typeof figures)[number]
  readonly from: ColumnStatistics | null
  readonly to: ColumnStatistics | null
}

/** One figure, or both of them where they differ. */
function Figure({ figure, from, to }: FigureProps) {
  const before = from === null ? null : wordFigure(from[figure])
  const now = to === null ? null : wordFigure(to[figure])
  if (before === now) return <span className={styles.muted}>{now}</span>
  return (
    <>
      {before ?? ''} → {now ?? ''}
    </>
  )
}

type RowDiffProps = {
  readonly examples: readonly RowDifference[]
  readonly keyColumns: readonly string[]
  readonly total: DatasetDiff['rows']
}

function RowDiff({ examples, keyColumns, total }: RowDiffProps) {
  const all = total === null ? examples.length : total.added + total.removed + total.changed
  const keyed = keyColumns.length > 0
  return (
    <>
      {all > examples.length && (
        <p className={styles.muted}>
          The first {examples.length} of {describeCount(all, 'row')}.
        </p>
      )}
      <PlainTable
        label="Rows that differ"
        heads={['Change', ...(keyed ? [keyColumns.join(', ')] : []), 'Values']}
        rows={examples.map((row, index) => ({
          id: String(index),
          cells: [
            <Sign key="kind" kind={row.kind}>
              {fileWords[row.kind]}
            </Sign>,
            ...(keyed ? [<strong key="key">{(row.key ?? []).map(wordFigure).join(', ')}</strong>] : []),
            <RowValues key="values" row={row} />,
          ],
        }))}
      />
    </>
  )
}

function RowValues({ row: { from, to } }: { readonly row: RowDifference }) {
  const names = Object.keys(to ?? from ?? {})
  return (
    <dl className={styles.values}>
      {names.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {from && to
              ? `${wordFigure(from[name] ?? null)} → ${wordFigure(to[name] ?? null)}`
              : wordFigure((to ?? from)?.[name] ?? null)}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function wordFiles({ added, removed, changed }: DatasetDiff['files']): string {
  const parts = [added > 0 && `+${added}`, removed > 0 && `−${removed}`, changed > 0 && `~${changed}`].filter(Boolean)
  return parts.join(' ') || 'the same'
}
