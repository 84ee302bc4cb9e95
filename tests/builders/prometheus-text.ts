export type Sample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
export type Family = {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

/**
 * Reads Prometheus text 0.0.4 as strictly as its linter: HELP and TYPE before each family's samples, families not
 * split, counters end in `_total`, histograms cumulative with `+Inf` equal to their count, no label or sample twice.
 */
export function parseExposition(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families: { name: string; type: string; help: string; samples: Sample[] }[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    if (help) {
      if (families.some((family) => family.name === help[1])) throw new Error(`${help[1]} comes twice`)
      families.push({ name: help[1] as string, type: '', help: readEscapes(help[2] as string), samples: [] })
      continue
    }
    const family = families.at(-1)
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    if (type) {
      if (!family || family.name !== type[1] || family.type) throw new Error(`TYPE out of place: ${line}`)
      family.type = type[2] as string
      continue
    }
    if (!family?.type) throw new Error(`a sample without HELP and TYPE: ${line}`)
    family.samples.push(parseSample(line, family.name, family.type))
  }
  for (const family of families) checkFamily(family)
  return families
}

function parseSample(line: string, family: string, type: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line)
  if (!match) throw new Error(`not a sample: ${line}`)
  const name = match[1] as string
  const allowed = type === 'histogram' ? [`${family}_bucket`, `${family}_sum`, `${family}_count`] : [family]
  if (!allowed.includes(name)) throw new Error(`${name} stands under ${family}`)
  const labels: Record<string, string> = {}
  for (const pair of (match[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/g)) {
    if ((pair[1] as string) in labels) throw new Error(`label twice: ${line}`)
    labels[pair[1] as string] = readEscapes(pair[2] as string)
  }
  const value =
    { '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY }[match[3] as string] ?? Number(match[3])
  if (Number.isNaN(value) && match[3] !== 'NaN') throw new Error(`not a number: ${line}`)
  return { name, labels, value }
}

function checkFamily({ name, type, samples }: Family): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`the counter ${name} does not end in _total`)
  if (type !== 'counter' && name.endsWith('_total')) throw new Error(`${name} is no counter`)
  const keys = samples.map((sample) => `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`)
  if (new Set(keys).size !== keys.length) throw new Error(`a sample of ${name} comes twice`)
  if (type !== 'histogram') return
  const series = new Map<string, Sample[]>()
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels
    const key = JSON.stringify(labels)
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`)
    const count = all.find((sample) => sample.name === `${name}_count`)?.value
    const sorted = buckets.every((sample, i) => i === 0 || sample.value >= (buckets[i - 1] as Sample).value)
    if (!sorted || buckets.at(-1)?.labels.le !== '+Inf' || buckets.at(-1)?.value !== count)
      throw new Error(`the histogram ${name}${key} does not add up`)
    if (!all.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}${key} has no sum`)
  }
}

function readEscapes(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, letter) => (letter === 'n' ? '\n' : letter))
}
