import { columnOfRuns, toTexts } from '../../core/domain/columns-of-runs.ts'
import type { Run } from '../../core/domain/run.ts'
import { type RunColumn, type RunColumnName, runFields } from '../../core/domain/run-columns.ts'

const start = Date.UTC(2026, 0, 1)
const period = 500
const usual = { 'evaluation.accuracy': 0, 'evaluation.f1': 1, 'evaluation.log_loss': 2 }

/** As many runs as one likes, of 500 columns, made up of their numbers alone: nothing is held. */
export function createManyRuns(count: number) {
  const metricKeys = [
    ...Object.keys(usual),
    ...Array.from({ length: 237 }, (_, key) => `probe.layer_${String(key).padStart(3, '0')}.norm`),
  ]
  const paramKeys = [
    ...['train.C', 'train.kernel', 'train.seed', 'train.epochs'],
    ...Array.from({ length: 240 }, (_, key) => `features.use_${String(key).padStart(3, '0')}`),
  ]
  const names: readonly RunColumnName[] = [
    ...runFields,
    ...metricKeys.map((key) => `metric.${key}` as const),
    ...paramKeys.map((key) => `param.${key}` as const),
    'tag.team',
  ]

  /** Values come again after `period` runs, so that a column of any length is made in no time. */
  function runAt(row: number): Run {
    const like = row % period
    const noise = (key: number) => ((Math.imul(like * 31 + key, 2_654_435_761) >>> 0) % 10_000) / 10_000
    return {
      id: idOf(row),
      experiment: like % 5 === 0 ? 'baseline' : 'default',
      state: like % 11 === 3 ? 'failed' : 'completed',
      startedAt: timeOf(row),
      endedAt: timeOf(row),
      durationMs: 4_000 + noise(7) * 60_000,
      params: Object.fromEntries(paramKeys.map((key, index) => [key, paramOf(key, index, like)])),
      metrics: Object.fromEntries(
        metricKeys.flatMap((key, index) =>
          index > 2 && (like + index) % 3 === 0 ? [] : [[key, noise(index)] as const],
        ),
      ),
      tags: like % 4 === 0 ? { team: like % 8 === 0 ? 'blue' : 'red' } : {},
      failure: null,
      cachedSteps: like % 6,
      totalSteps: 6,
    }
  }

  const some = Array.from({ length: Math.min(period, count) }, (_, row) => runAt(row))

  function column(name: RunColumnName): RunColumn | null {
    if (name === 'id') return toTexts(Array.from({ length: count }, (_, row) => idOf(row)))
    if (name === 'startedAt') return toTexts(Array.from({ length: count }, (_, row) => timeOf(row)))
    const made = columnOfRuns(some, name)
    if (made === null) return null
    if (made.kind === 'text') return { ...made, codes: repeat(made.codes, new Uint32Array(count)) }
    return {
      kind: 'number',
      values: repeat(made.values, new Float64Array(count)),
      has: repeat(made.has, new Uint8Array(count)),
    }
  }

  return {
    names,
    column,
    newest: (limit: number) => Array.from({ length: Math.min(limit, count) }, (_, index) => runAt(count - 1 - index)),
    count,
    find: (id: string) => {
      const row = Array.from({ length: count }, (_, at) => at).find((at) => idOf(at) === id)
      return row === undefined ? null : runAt(row)
    },
  }
}

function idOf(row: number): string {
  return (Math.imul(row + 1, 40_503) >>> 0).toString(36).padStart(8, '0')
}

function timeOf(row: number): string {
  return new Date(start + row * 90_000).toISOString()
}

function paramOf(key: string, index: number, like: number): string | number | boolean {
  if (key === 'train.kernel') return ['rbf', 'linear', 'poly'][like % 3] as string
  if (key === 'train.C') return 10 ** ((like % 5) - 2)
  return index % 2 === 0 ? like % (index + 2) : like % (index + 2) === 0
}

function repeat<Values extends Uint8Array | Uint32Array | Float64Array>(some: Values, all: Values): Values {
  for (let at = 0; at < all.length; at++) all[at] = some[at % some.length] as number
  return all
}
