import styles from './curve-chart.module.css'
import { seriesLook } from './series-look.ts'

/** A piece of a run's line, to know it by. */
export function SeriesLine({ index }: { readonly index: number }) {
  const { variable, dash } = seriesLook(index)
  return (
    <svg className={styles.line} viewBox="0 0 26 10" aria-hidden="true">
      <line x1="1" x2="25" y1="5" y2="5" stroke={`var(${variable})`} strokeWidth="2" strokeDasharray={dash.join(' ')} />
    </svg>
  )
}
