import type { SweepDetail } from '../../../core/domain/sweep.ts'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { fewestForInfluence, influenceOf } from './param-influence.ts'
import styles from './sweeps.module.css'
import { isValued } from './trial-axis.ts'

/** Which params decide the metric, as bars that are a table. */
export function ParamInfluenceTable(detail: SweepDetail) {
  if (detail.sweep.plan.space.length < 2) return null
  const rows = influenceOf(detail)
  const valued = detail.trials.filter(isValued).length
  return (
    <Section title="Influence of each param">
      <p className={styles.muted}>
        {rows.length === 0
          ? `Shown from ${fewestForInfluence} completed trials on; there are ${valued}.`
          : `The share of the spread of ${detail.sweep.plan.metric} that a param explains by itself. What params do only together is not in it.`}
      </p>
      {rows.length > 0 && (
        <PlainTable
          label="Influence of each param"
          heads={['Param', 'Share']}
          rows={rows.map(({ key, share }) => ({
            id: key,
            cells: [
              <code key="key">{key}</code>,
              <span key="share" className={styles.share}>
                {Math.round(share * 100)} %
                <span aria-hidden style={{ inlineSize: `${share * 240}px` }} />
              </span>,
            ],
          }))}
        />
      )}
    </Section>
  )
}
