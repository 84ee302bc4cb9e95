import type { MetricPoint, MetricValue } from './run-records.ts'

/** Points in the order in which they were logged: column by column, for there may be millions. */
export type MetricPoints = {
  readonly values: Float64Array
  /** Whole numbers; NaN where a point has none. */
  readonly iterations: Float64Array
  /** Milliseconds since 1970, whole. */
  readonly times: Float64Array
}
export type MetricSeries = MetricPoints & { readonly key: string }

export function toSeries(points: readonly MetricPoint[]): readonly MetricSeries[] {
  return [...Map.groupBy(points, ({ key }) => key)].map(([key, own]) => {
    const count = own.length
    const [values, iterations, times] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
    for (let index = 0; index < count; index++) {
      const { value, iteration, at } = own[index] as MetricPoint
      values[index] = Number(value)
      iterations[index] = iteration ?? Number.NaN
      times[index] = Date.parse(at)
    }
    return { key, values, iterations, times }
  })
}

export function toPoint({ values, iterations, times }: MetricPoints, index: number): Omit<MetricPoint, 'key'> {
  const iteration = iterations[index] as number
  return {
    iteration: Number.isNaN(iteration) ? null : iteration,
    value: spellValue(values[index] as number),
    at: new Date(times[index] as number).toISOString(),
  }
}

/** JSON has no number for some. */
export function spellValue(value: number): MetricValue {
  return Number.isFinite(value) ? value : (String(value) as MetricValue)
}

/** The place of the latest point as MLflow means it: the highest iteration (none is 0), then time, then the last logged. */
export function latestOf({ iterations, times }: MetricPoints): number {
  let latest = 0
  for (let at = 1; at < times.length; at++) {
    const ahead = (iterations[at] || 0) - (iterations[latest] || 0)
    if (ahead > 0 || (ahead === 0 && (times[at] as number) >= (times[latest] as number))) latest = at
  }
  return latest
}

/** One after the other. A column is put together when it is asked for: a curve needs but two of the three. */
export function joinPoints(parts: readonly MetricPoints[]): MetricPoints {
  const [first, ...others] = parts
  if (first !== undefined && others.length === 0) return first
  const joined: { -readonly [Column in keyof MetricPoints]?: Float64Array } = {}
  const join = (column: keyof MetricPoints): Float64Array => {
    const known = joined[column]
    if (known) return known
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part[column], at)
      at += part.values.length
    }
    joined[column] = whole
    return whole
  }
  return {
    get values() {
      return join('values')
    },
    get iterations() {
      return join('iterations')
    },
    get times() {
      return join('times')
    },
  }
}

export function slicePoints({ values, iterations, times }: MetricPoints, from: number, to: number): MetricPoints {
  return {
    values: values.subarray(from, to),
    iterations: iterations.subarray(from, to),
    times: times.subarray(from, to),
  }
}
