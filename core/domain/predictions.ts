import type { JsonValue } from './json.ts'

/**
 * The rows that prove a model: raw inputs and the native model's own answers, every row, full precision.
 * Stored under mediaTypes.predictions as `parsePredictions` reads them; which model answered stands in the artifact's
 * `summary.model` (its digest), so that equal rows are equal bytes. Numbers that JSON lacks are the strings
 * "NaN", "Infinity", "-Infinity"; a missing value is null.
 */
export type RecordedPredictions = {
  readonly rows: number
  /** Where the rows came from, in the order of preference of the project format. */
  readonly origin: 'logged' | 'called' | 'received' | 'training'
  /** One list per input column (layout `columns`), or one nested list under its tensor name. */
  readonly inputs: { readonly [name: string]: readonly JsonValue[] }
  /** Keyed by method: `predict`, `predict_proba`, `decision_function`, `transform`. */
  readonly outputs: { readonly [method: string]: readonly JsonValue[] }
}
