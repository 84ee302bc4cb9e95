import type { JsonValue } from './json.ts'

/** One place where two answers differ. `row` counts from 0. */
export type ParityDifference = {
  readonly row: number
  readonly column: string
  readonly expected: JsonValue
  readonly actual: JsonValue
}

/**
 * A parity certificate: recorded predictions against another door to the same model.
 * `level`: `model` the ONNX in the worker · `server` the server as a local process · `container` the image in an engine.
 */
export type Parity = {
  readonly state: 'passed' | 'failed' | 'unknown'
  readonly level: 'model' | 'server' | 'container'
  readonly rows: number
  readonly outputs: readonly string[]
  /** Largest absolute difference over all numeric outputs. */
  readonly maxDifference: number
  readonly tolerance: { readonly absolute: number; readonly relative: number }
  readonly rowsOrigin: string | null
  readonly first: ParityDifference | null
  readonly differences: number
  readonly at: string
  readonly detail: string | null
}
