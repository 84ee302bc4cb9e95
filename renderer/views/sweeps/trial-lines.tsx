import type { SweepDetail } from '../../../core/domain/sweep.ts'
import { describeMetric } from '../../components/describe-values.ts'
import styles from './sweeps.module.css'
import { axisOf, isValued, type Valued } from './trial-axis.ts'

const [width, height] = [1180, 230]
const edge = { left: 60, right: 60, top: 34, bottom: 22 }
const mostWords = 8

type Axis = {
  readonly title: string
  /** 0 at the foot, 1 at the top. */
  readonly level: (trial: Valued) => number
  readonly marks: readonly { readonly level: number; readonly text: string }[]
}

/** Parallel coordinates: a line for each trial through its params to its metric, the better ones stronger. */
export function TrialLines({ sweep, trials }: SweepDetail) {
  const { plan, best } = sweep
  const valued = trials.filter(isValued)
  if (valued.length < 2 || plan.space.length < 2) return null
  const axes = [
    ...plan.space.map(({ key, space }) => {
      const { isLog, words, at } = axisOf(key, space, valued)
      return toAxis(
        isLog ? `${key} (log)` : key,
        valued,
        isLog ? (trial) => Math.log10(at(trial)) : at,
        words,
        (level) => describeMetric(isLog ? 10 ** level : level),
      )
    }),
    toAxis(plan.metric, valued, ({ value }) => value, null, describeMetric),
  ]
  const x = (at: number) => edge.left + (at / (axes.length - 1)) * (width - edge.left - edge.right)
  const y = (level: number) => height - edge.bottom - level * (height - edge.top - edge.bottom)
  const metric = axes.at(-1) as Axis
  const goodness = (trial: Valued) => (plan.goal === 'max' ? metric.level(trial) : 1 - metric.level(trial))
  // The better ones are drawn over the others, the best over all.
  const inOrder = valued.toSorted((a, b) => goodness(a) - goodness(b))
  return (
    <figure className={`${styles.plot} ${styles.wide}`}>
      <figcaption>Params together: a line for each trial</figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Parallel coordinates of ${plan.space.map(({ key }) => key).join(', ')} and ${plan.metric}, ${valued.length} trials; the table of trials holds the same values`}
      >
        {inOrder.map((trial) => (
          <path
            key={trial.number}
            className={trial.number === best?.trial ? styles.bestLine : styles.line}
            style={{ opacity: trial.number === best?.trial ? 1 : 0.12 + 0.6 * goodness(trial) ** 2 }}
            d={axes.map((axis, at) => `${at === 0 ? 'M' : 'L'}${x(at)} ${y(axis.level(trial))}`).join('')}
          >
            <title>{`Trial ${trial.number}: ${describeMetric(trial.value)}`}</title>
          </path>
        ))}
        {axes.map(({ title, marks }, at) => (
          <g key={title}>
            <path className={styles.axis} d={`M${x(at)} ${edge.top}V${height - edge.bottom}`} />
            <text x={x(at)} y={14} textAnchor={anchorOf(at, axes.length)}>
              {shorten(title, Math.floor(190 / axes.length))}
              <title>{title}</title>
            </text>
            {marks.map(({ level, text }) => (
              <text
                key={text}
                x={x(at) + (at === axes.length - 1 ? 6 : -6)}
                y={y(level) + 4}
                textAnchor={at === axes.length - 1 ? 'start' : 'end'}
              >
                {shorten(text, 9)}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </figure>
  )
}

function toAxis(
  title: string,
  trials: readonly Valued[],
  place: (trial: Valued) => number,
  words: readonly string[] | null,
  spell: (place: number) => string,
): Axis {
  const places = trials.map(place)
  const [low, high] = [Math.min(...places), Math.max(...places)]
  const level = (at: number) => (high === low ? 0.5 : (at - low) / (high - low))
  const marked = words ? words.map((_, at) => at).slice(0, mostWords) : [...new Set([low, high])]
  return {
    title,
    level: (trial) => level(place(trial)),
    marks: marked.map((at) => ({ level: level(at), text: words ? (words[at] as string) : spell(at) })),
  }
}

function anchorOf(at: number, count: number): 'start' | 'middle' | 'end' {
  return at === 0 ? 'start' : at === count - 1 ? 'end' : 'middle'
}

function shorten(text: string, most: number): string {
  return text.length > most ? `…${text.slice(-most + 1)}` : text
}
