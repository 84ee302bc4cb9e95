import type { ExactValue } from './exact-json.ts'
import type { JsonValue } from './json.ts'
import type { Parity, ParityDifference } from './parity.ts'
import type { RecordedPredictions } from './predictions.ts'
import type { Signature } from './signature.ts'

/**
 * How far a number may lie from the recorded one: |actual - expected| <= absolute + relative * |expected|.
 * Exported graphs count in float32, whose step is 6e-8 of a value; summing some hundred products costs two
 * decimal digits more, so 1e-5 is what an equal model may show. A row on the wrong side of a tree's threshold,
 * which is the fault to be found, moves a score by a thousand times that. Labels are compared exactly.
 */
export const parityTolerance = { absolute: 1e-5, relative: 1e-5 } as const

export type ComparedPredictions = {
  readonly level: Parity['level']
  readonly recorded: Pick<RecordedPredictions, 'rows' | 'origin' | 'outputs'>
  readonly signature: Pick<Signature, 'outputs' | 'classes'>
  /** What the other door answered, keyed as the signature names its outputs, one entry per row. */
  readonly actual: { readonly [output: string]: readonly ExactValue[] }
  /** Now, given by the caller. */
  readonly at: string
}

/**
 * Every output of every row. A served output without recorded answers leaves the whole unknown;
 * a recorded method that the model does not serve is named in `detail` and not compared.
 */
export function comparePredictions({ level, recorded, signature, actual, at }: ComparedPredictions): Parity {
  const served = signature.outputs.map((output) => output.name)
  const unrecorded = served.filter((name) => !(name in recorded.outputs))
  const unserved = Object.keys(recorded.outputs).filter((name) => !served.includes(name))
  const tally = new Tally()
  for (const name of served)
    if (name in recorded.outputs)
      compareOutput(tally, name, recorded.outputs[name] ?? [], actual[name] ?? [], recorded.rows, signature.classes)
  const unknown = unrecorded.length > 0 || recorded.rows === 0
  const details = [
    ...unrecorded.map((name) => `${name} is served and was not recorded at training`),
    ...unserved.map((name) => `${name} was recorded and is not served`),
    ...(recorded.rows === 0 ? ['no rows were recorded'] : []),
  ]
  return {
    state: tally.differences > 0 ? 'failed' : unknown ? 'unknown' : 'passed',
    level,
    rows: recorded.rows,
    outputs: served,
    maxDifference: tally.largest,
    tolerance: parityTolerance,
    rowsOrigin: recorded.origin,
    first: tally.first,
    differences: tally.differences,
    at,
    detail: details.length > 0 ? details.join('; ') : null,
  }
}

/** The certificate of a comparison that could not be made. */
export function unknownParity(level: Parity['level'], detail: string, at: string): Parity {
  return {
    state: 'unknown',
    level,
    rows: 0,
    outputs: [],
    maxDifference: 0,
    tolerance: parityTolerance,
    rowsOrigin: null,
    first: null,
    differences: 0,
    at,
    detail,
  }
}

class Tally {
  largest = 0
  differences = 0
  first: ParityDifference | null = null

  differs(row: number, column: string, expected: unknown, actual: unknown): void {
    this.differences += 1
    if (this.first === null || row < this.first.row)
      this.first = { row, column, expected: toShown(expected), actual: toShown(actual) }
  }
}

function compareOutput(
  tally: Tally,
  name: string,
  expected: readonly unknown[],
  actual: readonly unknown[],
  rows: number,
  classes: Signature['classes'],
): void {
  const labels = name === 'predict' ? classes : null
  for (let row = 0; row < rows; row += 1) {
    const [wanted, given] = toSameDepth(expected[row], actual[row])
    if (Array.isArray(wanted) && Array.isArray(given)) compareLists(tally, row, name, wanted, given, classes)
    else if (!isEqual(tally, wanted, given, labels)) tally.differs(row, name, wanted, given)
  }
  if (actual.length > rows) tally.differs(rows, name, null, actual[rows])
}

/** Names of entries are made only where one differs: there may be millions that do not. */
function compareLists(
  tally: Tally,
  row: number,
  column: string,
  expected: readonly unknown[],
  actual: readonly unknown[],
  classes: Signature['classes'],
): void {
  if (expected.length !== actual.length) {
    tally.differs(row, column, expected, actual)
    return
  }
  const name = (i: number) => `${column}[${classes?.length === expected.length ? String(classes[i]) : i}]`
  for (let i = 0; i < expected.length; i += 1) {
    const [wanted, given] = [expected[i], actual[i]]
    if (Array.isArray(wanted) && Array.isArray(given)) compareLists(tally, row, name(i), wanted, given, null)
    else if (!isEqual(tally, wanted, given, null)) tally.differs(row, name(i), wanted, given)
  }
}

/** `labels`: a number among them names a class, and near is then not equal. */
function isEqual(tally: Tally, expected: unknown, actual: unknown, labels: Signature['classes']): boolean {
  const [wanted, given] = [toNumber(expected), toNumber(actual)]
  if (wanted === null || given === null) return expected === actual && expected !== undefined
  if (Number.isNaN(wanted) && Number.isNaN(given)) return true
  if (typeof expected === 'bigint' || typeof actual === 'bigint') return expected === actual
  if (wanted === given) return true
  const difference = Math.abs(wanted - given)
  if (!Number.isFinite(difference)) return false
  tally.largest = Math.max(tally.largest, difference)
  if (labels?.includes(wanted)) return false
  return difference <= parityTolerance.absolute + parityTolerance.relative * Math.abs(wanted)
}

/** A row's answer of shape [1] and a bare one are the same answer: exporters like to keep the axis. */
function toSameDepth(expected: unknown, actual: unknown): readonly [unknown, unknown] {
  if (Array.isArray(expected) && !Array.isArray(actual) && expected.length === 1) return [expected[0], actual]
  if (!Array.isArray(expected) && Array.isArray(actual) && actual.length === 1) return [expected, actual[0]]
  return [expected, actual]
}

/** Numbers and the spellings of those that JSON lacks; null is a missing number, which is NaN. */
function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === null || value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  return null
}

function toShown(value: unknown): JsonValue {
  if (value === undefined) return null
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map(toShown)
  return value as JsonValue
}
