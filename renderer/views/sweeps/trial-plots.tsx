import { memo } from 'react'
import { isBetter, type SweepDetail, type Trial } from '../../../core/domain/sweep.ts'
import { describeMetric } from '../../components/describe-values.ts'
import styles from './sweeps.module.css'
import { axisOf, isValued, type Valued } from './trial-axis.ts'
import { TrialLines } from './trial-lines.tsx'

const [width, height] = [360, 190]
const edge = { left: 54, right: 12, top: 12, bottom: 30 }

type Point = { readonly trial: Trial; readonly x: number; readonly y: number }

/** The metric of each trial with the best so far, then all params together and each by itself. */
export const TrialPlots = memo(function TrialPlots({ sweep, trials }: SweepDetail) {
  const { plan, best } = sweep
  const valued = trials.filter(isValued)
  if (valued.length === 0) return null
  let reached = (valued[0] as Valued).value
  const line = valued.map((trial) => {
    if (isBetter(plan.goal, trial.value, reached)) reached = trial.value
    return { trial, x: trial.number, y: reached }
  })
  const byTrial = valued.map((trial) => ({ trial, x: trial.number, y: trial.value }))
  return (
    <div className={styles.plots}>
      <Scatter
        title="By trial"
        axis="trial"
        metric={plan.metric}
        points={byTrial}
        line={line}
        best={best?.trial ?? null}
      />
      {plan.space.map(({ key, space }) => {
        const { isLog, words, at } = axisOf(key, space, valued)
        return (
          <Scatter
            key={key}
            title={`By ${key}`}
            axis={isLog ? `${key} (log)` : key}
            metric={plan.metric}
            points={valued.map((trial) => ({ trial, x: at(trial), y: trial.value }))}
            best={best?.trial ?? null}
            isLog={isLog}
            words={words}
          />
        )
      })}
      <TrialLines sweep={sweep} trials={trials} />
    </div>
  )
})

type ScatterProps = {
  readonly title: string
  readonly axis: string
  readonly metric: string
  readonly points: readonly Point[]
  readonly line?: readonly Point[]
  readonly best: number | null
  readonly isLog?: boolean
  /** What stands at each whole number of the axis, where it has no scale. */
  readonly words?: readonly string[] | null
}

function Scatter({ title, axis, metric, points, line, best, isLog = false, words = null }: ScatterProps) {
  const scale = (value: number) => (isLog ? Math.log10(value) : value)
  const xs = widen(points.map(({ x }) => scale(x)))
  const ys = widen(points.map(({ y }) => y))
  const px = (x: number) => edge.left + ((scale(x) - xs.low) / (xs.high - xs.low)) * (width - edge.left - edge.right)
  const py = (y: number) =>
    height - edge.bottom - ((y - ys.low) / (ys.high - ys.low)) * (height - edge.top - edge.bottom)
  const steps = (line ?? []).flatMap(({ x, y }, index) => [
    `${index === 0 ? 'M' : 'H'}${px(x)}${index === 0 ? ` ${py(y)}` : ''}`,
    ...(index === 0 ? [] : [`V${py(y)}`]),
  ])
  const all = points.map(({ x }) => x)
  const ends = words === null ? [Math.min(...all), Math.max(...all)] : words.map((_, index) => index)
  const top = points.find(({ trial }) => trial.number === best)
  // The best is drawn last, so that no other hides it.
  const inOrder = top ? [...points.filter((point) => point !== top), top] : points
  const says = top ? `; best ${describeMetric(top.y)} in trial ${top.trial.number}` : ''
  return (
    <figure className={styles.plot}>
      <figcaption>{title}</figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${metric} ${title.toLowerCase()}, ${points.length} trials${says}`}
      >
        <path className={styles.axis} d={`M${edge.left} ${edge.top}V${height - edge.bottom}H${width - edge.right}`} />
        {[
          ...new Set(
            points.length > 1
              ? [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))]
              : [points[0]?.y ?? 0],
          ),
        ].map((y) => (
          <text key={y} x={edge.left - 6} y={py(y) + 4} textAnchor="end">
            {describeMetric(y)}
          </text>
        ))}
        {[...new Set(ends)].map((x) => (
          <text key={x} x={px(x)} y={height - edge.bottom + 13} textAnchor="middle">
            {words === null ? describeMetric(x) : shorten(words[x] as string, words.length)}
          </text>
        ))}
        <text x={(width + edge.left - edge.right) / 2} y={height - 3} textAnchor="middle">
          {axis}
        </text>
        {steps.length > 0 && <path className={styles.reached} d={steps.join('')} />}
        {inOrder.map(({ trial, x, y }) => (
          <circle
            key={trial.number}
            className={trial.number === best ? styles.bestPoint : styles.point}
            cx={px(x)}
            cy={py(y)}
            r={trial.number === best ? 5 : 3.5}
          >
            <title>{`Trial ${trial.number}: ${describeMetric(y)}`}</title>
          </circle>
        ))}
      </svg>
    </figure>
  )
}

function shorten(word: string, count: number): string {
  const most = Math.max(3, Math.floor(48 / count))
  return word.length > most ? `${word.slice(0, most - 1)}…` : word
}

/** A little room at both ends; a single value stands in the middle. */
function widen(values: readonly number[]): { readonly low: number; readonly high: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.06
  return { low: low - room, high: high + room }
}
