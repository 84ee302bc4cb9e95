import type { JsonValue } from '../domain/json.ts'
import type { RecordedPredictions } from '../domain/predictions.ts'
import type { Signature } from '../domain/signature.ts'

/** The first recorded row without a gap, or the first of all, in the form that /predict takes. */
export function toExampleRow(predictions: RecordedPredictions | null, signature: Signature | null): JsonValue | null {
  if (predictions === null || predictions.rows === 0) return null
  const columns = Object.entries(predictions.inputs)
  const complete = Array.from({ length: predictions.rows }, (_, row) => row).find((row) =>
    columns.every(([, values]) => values[row] !== null && values[row] !== 'NaN'),
  )
  const row = complete ?? 0
  if (signature?.layout === 'tensor' && columns.length === 1) return toJson(columns[0]?.[1][row])
  return Object.fromEntries(columns.map(([name, values]) => [name, toJson(values[row])]))
}

/** The contract carries plain JSON: a whole number beyond 2^53 is shown as near as that can. */
function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toJson)
  return (value ?? null) as JsonValue
}
