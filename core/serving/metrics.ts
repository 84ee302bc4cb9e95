type Labels = Readonly<Record<string, string>>
type Metric = { readonly name: string; readonly write: () => readonly string[] }

export type Counter = { add(amount: number, labels?: Labels): void }
export type Histogram = { observe(value: number, labels?: Labels): void }

/** Counters, gauges and histograms in Prometheus's text format 0.0.4. */
export type Metrics = {
  /** The name ends in `_total`. */
  counter(name: string, help: string): Counter
  /** Read when scraped. */
  gauge(name: string, help: string, read: () => number, labels?: Labels): void
  /** A counter that something else counts; read when scraped. */
  readCounter(name: string, help: string, read: () => number): void
  histogram(name: string, help: string, buckets: readonly number[]): Histogram
  toText(): string
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

export function createMetrics(): Metrics {
  const metrics: Metric[] = []
  const register = (name: string, help: string, type: string, write: () => readonly string[]) =>
    metrics.push({ name, write: () => [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...write()] })

  return {
    counter(name, help) {
      const series = new Map<string, number>()
      register(name, help, 'counter', () => [...series].map(([labels, value]) => `${name}${labels} ${value}`))
      return {
        add: (amount, labels = {}) =>
          void series.set(toLabelText(labels), (series.get(toLabelText(labels)) ?? 0) + amount),
      }
    },
    gauge(name, help, read, labels = {}) {
      register(name, help, 'gauge', () => [`${name}${toLabelText(labels)} ${toNumberText(read())}`])
    },
    readCounter(name, help, read) {
      register(name, help, 'counter', () => [`${name} ${toNumberText(read())}`])
    },
    histogram(name, help, buckets) {
      const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>()
      register(name, help, 'histogram', () => [...series.values()].flatMap((one) => writeHistogram(name, buckets, one)))
      return {
        observe(value, labels = {}) {
          const key = toLabelText(labels)
          let one = series.get(key)
          if (!one) {
            one = { labels, counts: buckets.map(() => 0), sum: 0, count: 0 }
            series.set(key, one)
          }
          const bucket = buckets.findIndex((bound) => value <= bound)
          if (bucket >= 0) one.counts[bucket] = (one.counts[bucket] as number) + 1
          one.sum += value
          one.count += 1
        },
      }
    },
    toText: () => `${metrics.flatMap((metric) => metric.write()).join('\n')}\n`,
  }
}

function writeHistogram(
  name: string,
  buckets: readonly number[],
  { labels, counts, sum, count }: { labels: Labels; counts: readonly number[]; sum: number; count: number },
): readonly string[] {
  let below = 0
  const lines = buckets.map((bound, i) => {
    below += counts[i] as number
    return `${name}_bucket${toLabelText({ ...labels, le: String(bound) })} ${below}`
  })
  return [
    ...lines,
    `${name}_bucket${toLabelText({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${toLabelText(labels)} ${toNumberText(sum)}`,
    `${name}_count${toLabelText(labels)} ${count}`,
  ]
}

function toLabelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function toNumberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
