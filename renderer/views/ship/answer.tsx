import type { JsonValue } from '../../../core/domain/json.ts'
import { JsonTree } from '../../components/json-tree.tsx'
import styles from './answer.module.css'

type AnswerProps = {
  readonly answer: { readonly status: number; readonly body: JsonValue; readonly durationMs: number }
  /** In the order of the probabilities. */
  readonly classes: readonly JsonValue[] | null
}

/** What the server said to one row: the prediction, how sure it is, and the whole of it. */
export function Answer({ answer, classes }: AnswerProps) {
  const prediction = firstOf(fieldOf(answer.body, 'predictions'))
  const shares = firstOf(fieldOf(fieldOf(answer.body, 'outputs'), 'predict_proba'))
  return (
    <div className={styles.answer} role="status">
      <div className={styles.head}>
        {prediction !== null && (
          <p className={styles.prediction}>
            {typeof prediction === 'string' ? prediction : JSON.stringify(prediction)}
          </p>
        )}
        <p className={styles.muted}>
          Answered {answer.status} in {Math.round(answer.durationMs)} ms
        </p>
      </div>
      {classes && Array.isArray(shares) && shares.length === classes.length && (
        <ul className={styles.classes} aria-label="Probability of each class">
          {classes.map((name, index) => (
            <li key={String(name)} className={styles.class}>
              <span>{String(name)}</span>
              <span className={styles.track} aria-hidden>
                <div className={styles.bar} style={{ inlineSize: `${100 * Number(shares[index])}%` }} />
              </span>
              <span className={styles.share}>{(100 * Number(shares[index])).toFixed(1)} %</span>
            </li>
          ))}
        </ul>
      )}
      {prediction === null ? (
        <JsonTree value={answer.body} />
      ) : (
        <details className={styles.whole}>
          <summary>The whole answer</summary>
          <JsonTree value={answer.body} />
        </details>
      )}
    </div>
  )
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, JsonValue>)[name]
    : undefined
}

function firstOf(value: JsonValue | undefined): JsonValue {
  return Array.isArray(value) ? (value[0] ?? null) : null
}
