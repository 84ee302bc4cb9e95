import { describeDelta, describeMetric } from './describe-values.ts'
import styles from './metric-cards.module.css'

type Metrics = Readonly<Record<string, number | string>>
type MetricCardsProps = {
  readonly metrics: Metrics
  /** Values to measure the difference from, and what they are of: "run 6ephbxau". */
  readonly from?: { readonly metrics: Metrics; readonly name: string } | null
}

/** Metrics beside the artifact that holds them: `evaluation.accuracy` is the accuracy of `evaluation`. */
export function MetricCards({ metrics, from = null }: MetricCardsProps) {
  return (
    <div className={styles.groups}>
      {groupByMaker(Object.keys(metrics)).map(([maker, keys]) => (
        <section key={maker} className={styles.group} aria-label={maker || 'Metrics without a maker'}>
          <p className={styles.maker}>{maker}</p>
          <dl className={styles.cards}>
            {keys.map((key) => (
              <div key={key} className={styles.card}>
                <dt className={styles.name} title={key}>
                  {key.slice(maker === '' ? 0 : maker.length + 1)}
                </dt>
                <dd className={styles.line}>
                  <span className={styles.value}>{describeMetric(metrics[key] as number | string)}</span>
                  {from && <Delta now={metrics[key]} before={from.metrics[key]} name={from.name} />}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}

type DeltaProps = {
  readonly now: number | string | undefined
  readonly before: number | string | undefined
  readonly name: string
}

/** A difference with its sign; whether more is better is the reader's to say, so it has no colour. */
export function Delta({ now, before, name }: DeltaProps) {
  const text = describeDelta(now, before)
  if (text === null) return null
  return (
    <span className={styles.delta} title={`Against ${describeMetric(before as number)} in ${name}`}>
      {text}
    </span>
  )
}

function groupByMaker(keys: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>()
  for (const key of keys) {
    const dot = key.lastIndexOf('.')
    const maker = dot > 0 ? key.slice(0, dot) : ''
    groups.set(maker, [...(groups.get(maker) ?? []), key])
  }
  return [...groups]
}
