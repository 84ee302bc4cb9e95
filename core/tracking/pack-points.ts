import type { MetricPoints } from './metric-series.ts'

/**
 * Points as they stand in the database, little-endian: u32 form (1), u32 how iterations are told (0 none has one,
 * 1 they count up by one from the first, 2 one by one), u32 count, u32 zero, f64 first iteration; then f64 values,
 * f64 times, and the f64 iterations if need be. A multiple of eight bytes, so that columns can be used where they lie.
 */
const form = 1
const headBytes = 24
const iterationForms = { none: 0, counted: 1, each: 2 } as const

export function packPoints({ values, iterations, times }: MetricPoints): Uint8Array {
  const count = values.length
  const told = tellIterations(iterations)
  const columns = told === iterationForms.each ? [values, times, iterations] : [values, times]
  const bytes = new Uint8Array(headBytes + columns.length * count * 8)
  new Uint32Array(bytes.buffer, 0, 4).set([form, told, count, 0])
  new Float64Array(bytes.buffer, 16, 1)[0] = told === iterationForms.counted ? (iterations[0] as number) : 0
  for (const [index, column] of columns.entries())
    new Float64Array(bytes.buffer, headBytes + index * count * 8, count).set(column)
  return bytes
}

/** @throws RangeError for bytes that are not such points */
export function unpackPoints(packed: Uint8Array): MetricPoints {
  const bytes = packed.byteOffset % 8 === 0 ? packed : packed.slice()
  const { buffer, byteOffset: start, byteLength } = bytes
  if (byteLength < headBytes) throw new RangeError(`${byteLength} bytes are no points of a metric`)
  const [found, told = -1, count = 0] = new Uint32Array(buffer, start, 4)
  const columns = told === iterationForms.each ? 3 : 2
  if (found !== form || told > iterationForms.each || byteLength !== headBytes + columns * count * 8)
    throw new RangeError(`points of a metric in an unknown form (${found}, ${told}, ${count}, ${byteLength} bytes)`)
  const column = (index: number) => new Float64Array(buffer, start + headBytes + index * count * 8, count)
  const first = new Float64Array(buffer, start + 16, 1)[0] as number
  return { values: column(0), times: column(1), iterations: told === iterationForms.each ? column(2) : untell() }

  function untell(): Float64Array {
    const iterations = new Float64Array(count)
    if (told === iterationForms.none) return iterations.fill(Number.NaN)
    for (let at = 0; at < count; at++) iterations[at] = first + at
    return iterations
  }
}

function tellIterations(iterations: Float64Array): number {
  const first = iterations[0] ?? Number.NaN
  let [counted, none] = [!Object.is(first, -0), true]
  for (let at = 0; at < iterations.length && (counted || none); at++) {
    const iteration = iterations[at] as number
    if (!Number.isNaN(iteration)) none = false
    if (iteration !== first + at) counted = false
  }
  return none ? iterationForms.none : counted ? iterationForms.counted : iterationForms.each
}

export type KeyedPoints = MetricPoints & { readonly key: number }

/** Points of several keys as one value: u32 key, u32 bytes and the points of each, one after the other. */
export function packBatch(parts: readonly KeyedPoints[]): Uint8Array {
  const packed = parts.map((part) => ({ key: part.key, bytes: packPoints(part) }))
  const batch = new Uint8Array(packed.reduce((sum, { bytes }) => sum + 8 + bytes.length, 0))
  let at = 0
  for (const { key, bytes } of packed) {
    new Uint32Array(batch.buffer, at, 2).set([key, bytes.length])
    batch.set(bytes, at + 8)
    at += 8 + bytes.length
  }
  return batch
}

/** @throws RangeError for bytes that are no batch */
export function unpackBatch(packed: Uint8Array): readonly KeyedPoints[] {
  const bytes = packed.byteOffset % 8 === 0 ? packed : packed.slice()
  const parts: KeyedPoints[] = []
  for (let at = 0; at < bytes.length; ) {
    const [key = 0, length = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset + at, 2)
    parts.push({ key, ...unpackPoints(bytes.subarray(at + 8, at + 8 + length)) })
    at += 8 + length
  }
  return parts
}
