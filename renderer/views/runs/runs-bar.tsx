import type { ComponentProps } from 'react'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { FilterBox } from './filter-box.tsx'
import styles from './runs-page.module.css'

type RunsBarProps = ComponentProps<typeof FilterBox> & {
  /** While values are on their way that the filter or the sort needs, the number is not known. */
  readonly isWaiting: boolean
  readonly matching: number
  readonly count: number
  readonly markedCount: number
  readonly onSelectNone: () => void
}

/** Above the table: the filter, how many runs fit it, and how many are selected. */
export function RunsBar({ isWaiting, matching, count, markedCount, onSelectNone, ...filter }: RunsBarProps) {
  return (
    <div className={styles.bar}>
      <FilterBox {...filter} />
      <span className={styles.count} role="status">
        {[
          filter.problem ? null : isWaiting ? 'Filtering …' : countWords(matching, count),
          markedCount > 0 ? `${markedCount} selected` : null,
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
      {markedCount > 0 && (
        <Button small look="quiet" onClick={onSelectNone}>
          Select none
        </Button>
      )}
    </div>
  )
}

function countWords(matching: number, count: number): string {
  const all = describeCount(count, 'run')
  return matching === count ? all : `${describeCount(matching, 'run').replace(/ runs?$/, '')} of ${all}`
}
