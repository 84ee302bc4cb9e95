import type { ColumnSummary } from '../../../core/domain/table.ts'
import { describeShare } from './summary-words.ts'
import styles from './table-grid.module.css'

const height = 16

/** Bars of a histogram, or the share of the most frequent values; and how much is missing. */
export function MiniSummary({ summary }: { readonly summary: ColumnSummary | undefined }) {
  if (summary === undefined) return <div className={styles.mini} />
  const { shape, nulls, rows } = summary
  return (
    <div className={styles.mini}>
      {shape?.kind === 'histogram' && <Bars counts={shape.bars.map(({ count }) => count)} />}
      {shape?.kind === 'values' && (
        <span className={styles.miniWords}>
          {shape.values.length === 0
            ? ''
            : `${shape.values[0]?.value} ${describeShare(shape.values[0]?.count ?? 0, rows)}`}
        </span>
      )}
      {shape === null && rows > nulls && summary.distinct.count > 0 && (
        <span className={styles.miniWords}>≈{summary.distinct.count.toLocaleString('en')} distinct</span>
      )}
      {nulls > 0 && <span className={styles.miniNulls}>{describeShare(nulls, rows)} null</span>}
    </div>
  )
}

export function Bars({ counts, tall = height }: { readonly counts: readonly number[]; readonly tall?: number }) {
  const most = Math.max(...counts, 1)
  return (
    <svg className={styles.bars} viewBox={`0 0 ${counts.length * 4} ${tall}`} preserveAspectRatio="none" aria-hidden>
      {counts.map((count, index) => {
        const size = count === 0 ? 0 : Math.max(1, (count / most) * tall)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <rect key={index} x={index * 4} y={tall - size} width={3} height={size} />
        )
      })}
    </svg>
  )
}
