import { type ComponentProps, memo } from 'react'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { DeletedRunsLink, DeleteMarked } from './delete-marked.tsx'
import { FilterBox } from './filter-box.tsx'
import type { MarkedRuns } from './marked-runs.ts'
import styles from './runs-page.module.css'

type RunsBarProps = ComponentProps<typeof FilterBox> & {
  /** While values are on their way that the filter or the sort needs, the number is not known. */
  readonly isWaiting: boolean
  readonly matching: number
  readonly count: number
  readonly marked: MarkedRuns
  readonly onSelectNone: () => void
}

/** Above the table: the filter, how many runs fit it, and how many are selected. A sort leaves it alone. */
export const RunsBar = memo(function RunsBar(props: RunsBarProps) {
  const { isWaiting, matching, count, marked, onSelectNone, ...filter } = props
  return (
    <div className={styles.bar}>
      <FilterBox {...filter} />
      <span className={styles.count} role="status">
        {[
          filter.problem ? null : isWaiting ? 'Filtering …' : countWords(matching, count),
          marked.size > 0 ? `${marked.size} selected` : null,
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
      {marked.size > 0 && (
        <Button small look="quiet" onClick={onSelectNone}>
          Select none
        </Button>
      )}
      <DeleteMarked marked={marked} onDeleted={onSelectNone} />
      <DeletedRunsLink />
    </div>
  )
})

function countWords(matching: number, count: number): string {
  const all = describeCount(count, 'run')
  return matching === count ? all : `${describeCount(matching, 'run').replace(/ runs?$/, '')} of ${all}`
}
