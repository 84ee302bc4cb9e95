import type { MetricSeries } from '../tracking/metric-series.ts'

export type StepMetrics = { readonly event: 'metrics'; readonly series: readonly MetricSeries[] }

const packed = 1
const headBytes = 12
const longestKey = 4096
/** What a Date can hold. */
const latestMs = 8.64e15

/** JSON begins with another byte. */
export function isMetricFrame(body: Uint8Array): boolean {
  return body[0] === packed
}

/** Nothing that was JSON holds a typed array. */
export function isMetrics(message: unknown): message is StepMetrics {
  const series = (message as Partial<StepMetrics> | null)?.series
  const isEvent = (message as Partial<StepMetrics> | null)?.event === 'metrics'
  return isEvent && Array.isArray(series) && series.every((one) => one?.values instanceof Float64Array)
}

/**
 * A body of packed metrics (its form: step-protocol.ts), key by key. User code shares the process and may write
 * anything. @throws RangeError, SyntaxError, TypeError for what is no such body
 */
export function parseMetricFrame(body: Buffer): StepMetrics {
  if (body.length < headBytes) throw new RangeError('packed metrics without a head')
  const count = body.readUInt32LE(4)
  const tableBytes = body.readUInt32LE(8)
  const start = headBytes + tableBytes
  if (body.length !== start + count * 28)
    throw new RangeError(`packed metrics of ${body.length} bytes, ${count} points`)
  const keys = parseKeys(body.toString('latin1', headBytes, start))
  // A copy, since typed arrays have to begin at a multiple of their size.
  const columns = new Uint8Array(body.subarray(start)).buffer
  const places = new Uint32Array(columns, 0, count)
  const numbers = new Float64Array(columns.slice(count * 4))
  const [values, iterations, seconds] = [0, 1, 2].map((at) => numbers.subarray(at * count, (at + 1) * count))
  const times = toTimes(seconds as Float64Array)
  refuseFractions(iterations as Float64Array)
  const all = { values: values as Float64Array, iterations: iterations as Float64Array, times }
  return { event: 'metrics', series: splitByKey(keys, places, all) }
}

function parseKeys(text: string): readonly string[] {
  const keys: unknown = JSON.parse(text)
  if (!Array.isArray(keys)) throw new TypeError('the key table of packed metrics is no list')
  for (const key of keys)
    if (typeof key !== 'string' || key === '' || key.length > longestKey)
      throw new TypeError(`a key of packed metrics has not 1 to ${longestKey} characters`)
  return keys as string[]
}

function toTimes(seconds: Float64Array): Float64Array {
  const times = new Float64Array(seconds.length)
  for (let at = 0; at < times.length; at++) {
    const time = Math.floor((seconds[at] as number) * 1000)
    if (!(Math.abs(time) <= latestMs)) throw new RangeError(`packed metrics at ${seconds[at]} seconds`)
    times[at] = time
  }
  return times
}

function refuseFractions(iterations: Float64Array): void {
  for (const iteration of iterations)
    if (!Number.isNaN(iteration) && !Number.isSafeInteger(iteration))
      throw new RangeError(`packed metrics with iteration ${iteration}`)
}

function splitByKey(
  keys: readonly string[],
  places: Uint32Array,
  all: Omit<MetricSeries, 'key'>,
): readonly MetricSeries[] {
  const counts = new Uint32Array(keys.length)
  for (const place of places) {
    if (place >= keys.length) throw new RangeError(`packed metrics with key ${place} of ${keys.length}`)
    ;(counts[place] as number) += 1
  }
  if (keys.length === 1) return [{ key: keys[0] as string, ...all }]
  const series = keys.map((key, place) => ({
    key,
    values: new Float64Array(counts[place] as number),
    iterations: new Float64Array(counts[place] as number),
    times: new Float64Array(counts[place] as number),
  }))
  const filled = new Uint32Array(keys.length)
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number
    const own = series[place] as MetricSeries
    const to = filled[place] as number
    own.values[to] = all.values[at] as number
    own.iterations[to] = all.iterations[at] as number
    own.times[to] = all.times[at] as number
    filled[place] = to + 1
  }
  return series.filter(({ values }) => values.length > 0)
}
