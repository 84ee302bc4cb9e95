import type { ArtifactPreview } from '../domain/artifact.ts'
import type { JsonValue } from '../domain/json.ts'
import { parsePredictions } from '../domain/parse-predictions.ts'

const mostValues = 5_000
const longestText = 10_000
const mostRows = 200

/** The value, cut where it goes on for too long. @throws SyntaxError when the bytes are not JSON */
export function previewJson(text: string): Extract<ArtifactPreview, { kind: 'json' }> {
  let left = mostValues
  let truncated = false

  function cut(value: JsonValue): JsonValue {
    left -= 1
    if (typeof value === 'string' && value.length > longestText) {
      truncated = true
      return `${value.slice(0, longestText)}…`
    }
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return takeWhileRoom(value).map(cut)
    return Object.fromEntries(takeWhileRoom(Object.entries(value)).map(([key, member]) => [key, cut(member)]))
  }

  function takeWhileRoom<Item>(items: readonly Item[]): readonly Item[] {
    if (items.length <= left) return items
    truncated = true
    return items.slice(0, Math.max(0, left))
  }

  const value = cut(JSON.parse(text) as JsonValue)
  return { kind: 'json', value, truncated }
}

/** Inputs and the model's answers side by side, a row each. */
export function previewPredictions(file: Uint8Array): ArtifactPreview {
  const { rows, inputs, outputs } = parsePredictions(file)
  const columns = [
    ...Object.entries(inputs),
    ...Object.entries(outputs).map(([name, values]) => [`→ ${name}`, values] as const),
  ]
  const shown = Math.min(mostRows, rows)
  return {
    kind: 'table',
    columns: columns.map(([name, values]) => ({ name, type: typeOf(values) })),
    rows: Array.from({ length: shown }, (_, row) => columns.map(([, values]) => toJson(values[row]))),
    totalRows: rows,
  }
}

/** A whole number that JSON rounds is shown as text. */
function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return String(value)
  return Array.isArray(value) ? value.map(toJson) : ((value ?? null) as JsonValue)
}

function typeOf(values: readonly JsonValue[]): string {
  const first = values.find((value) => value !== null)
  return Array.isArray(first) ? 'list' : first === undefined ? 'null' : typeof first
}
