import { join } from 'node:path'
import type { Database } from '../../core/database/database.ts'
import { openProjectDatabase } from '../../core/database/open-database.ts'
import { createMetricFolder } from '../../core/tracking/fold-metrics-store.ts'
import { packBatch } from '../../core/tracking/pack-points.ts'

export type ManyRuns = { readonly runs: number; readonly metricKeys: number; readonly paramKeys: number }

const kindsOfRuns = 20
const keysOfKind = 12
const common = {
  metrics: ['evaluation.accuracy', 'evaluation.f1', 'evaluation.log_loss'],
  params: ['train.C', 'train.kernel', 'train.seed', 'train.epochs'],
}
const first = Date.UTC(2025, 0, 1)
const chunk = 5_000

/**
 * Records of very many runs, as years of work leave them: what all runs have, and for each of twenty kinds of runs
 * a dozen metrics and a dozen params of its own; with tags, failures and NaN here and there. Runs of the project in
 * `folder` must not be open. The same numbers give the same records. With `longest` the newest run has a metric
 * `train.loss` of that many points, one for each of `lossAt`.
 */
export function makeManyRuns(folder: string, runs: number, pointsOfNewest = 400, longest = 0): ManyRuns {
  const database = openProjectDatabase(join(folder, '.slipway'))
  try {
    const write = prepare(database)
    for (let from = 0; from < runs; from += chunk) {
      database.transaction(() => {
        for (let run = from; run < Math.min(runs, from + chunk); run++) write.run(run)
      })
    }
    database.transaction(() => {
      for (let run = Math.max(0, runs - 24); run < runs; run++) write.history(run, pointsOfNewest)
      if (longest > 0) write.longHistory(runs - 1, longest)
    })
  } finally {
    database.close()
  }
  return {
    runs,
    metricKeys: common.metrics.length + kindsOfRuns * keysOfKind,
    paramKeys: common.params.length + kindsOfRuns * keysOfKind,
  }
}

function prepare(database: Database) {
  const insertRun = database.prepare<never>(
    `INSERT INTO run (number, id, experiment, state, started_at, ended_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertParam = database.prepare<never>('INSERT INTO run_param (run, key, value) VALUES (?, ?, ?)')
  const insertTag = database.prepare<never>('INSERT INTO run_tag (run, key, value) VALUES (?, ?, ?)')
  const insertKey = database.prepare<never>('INSERT INTO metric_key (name) VALUES (?)')
  const insertMetric = database.prepare<never>(
    'INSERT INTO metric_latest (key, run, value, special, iteration, at) VALUES (?, ?, ?, ?, 0, ?)',
  )
  const insertPoint = database.prepare<never>(
    'INSERT INTO metric_point (run, key, sequence, value, special, iteration, at) VALUES (?, ?, ?, ?, NULL, ?, ?)',
  )
  const insertBatch = database.prepare<never>('INSERT INTO metric_batch (run, number, total, data) VALUES (?, 1, ?, ?)')
  const keys = new Map<string, number>()
  const keyOf = (name: string): number => {
    const known = keys.get(name) ?? insertKey.run([name]).lastId
    keys.set(name, known)
    return known
  }

  return {
    run(run: number): void {
      const number = run + 1
      const kind = run % kindsOfRuns
      const at = new Date(first + run * 60_000).toISOString()
      const failed = run % 97 === 13
      const experiment = run % 10 === 0 ? 'baseline' : 'default'
      insertRun.run([
        number,
        idOf(run),
        experiment,
        failed ? 'failed' : 'completed',
        at,
        at,
        1_000 + noise(run, 1) * 60_000,
      ])
      const params = {
        'train.C': String(10 ** ((run % 6) - 3)),
        'train.kernel': JSON.stringify(['rbf', 'linear', 'poly'][run % 3]),
        'train.seed': String(run),
        'train.epochs': String(10 + (run % 5) * 10),
      }
      for (const [key, value] of Object.entries(params)) insertParam.run([number, key, value])
      for (let index = 0; index < keysOfKind; index++) {
        insertParam.run([number, ownKey(kind, 'option', index), String((run >> 3) % (index + 2))])
        insertMetric.run([keyOf(ownKey(kind, 'score', index)), number, noise(run, 10 + index), null, at])
      }
      if (run % 4 === 0) insertTag.run([number, 'team', run % 8 === 0 ? 'blue' : 'red'])
      const isBroken = run % 1_009 === 7
      insertMetric.run([
        keyOf('evaluation.accuracy'),
        number,
        isBroken ? null : noise(run, 2),
        isBroken ? 'NaN' : null,
        at,
      ])
      insertMetric.run([keyOf('evaluation.f1'), number, noise(run, 3), null, at])
      insertMetric.run([keyOf('evaluation.log_loss'), number, noise(run, 4) * 3, null, at])
    },
    history(run: number, points: number): void {
      const key = keyOf('evaluation.log_loss')
      for (let sequence = 0; sequence < points; sequence++) {
        const value = 3 / (1 + sequence / 20) + noise(run, sequence) * 0.2
        insertPoint.run([
          run + 1,
          key,
          sequence,
          value,
          sequence,
          new Date(first + run * 60_000 + sequence * 10).toISOString(),
        ])
      }
    },
    /** As the recorder keeps what a run logged: packed, and folded into chunks. */
    longHistory(run: number, points: number): void {
      const key = keyOf('train.loss')
      const values = Float64Array.from({ length: points }, (_, at) => lossAt(at))
      const iterations = Float64Array.from({ length: points }, (_, at) => at)
      const times = Float64Array.from({ length: points }, (_, at) => first + run * 60_000 + at)
      insertBatch.run([run + 1, points, packBatch([{ key, values, iterations, times }])])
      createMetricFolder(database)(run + 1)
      const last = points - 1
      insertMetric.run([key, run + 1, lossAt(last), null, new Date(first + run * 60_000 + last).toISOString()])
    },
  }
}

/** A loss that falls, with spikes that a picture must not lose. */
export function lossAt(iteration: number): number {
  const spike = iteration % 250_007 === 125_003 ? 5 : 0
  return 3 / (1 + iteration / 20_000) + noise(iteration, 5) * 0.2 + spike
}

function ownKey(kind: number, word: string, index: number): string {
  return `kind${String(kind).padStart(2, '0')}.${word}_${String(index).padStart(2, '0')}`
}

/** Between 0 and 1, told by the run and the salt alone; six digits. */
function noise(run: number, salt: number): number {
  let mixed = Math.imul(run + 1, 2_654_435_761) ^ Math.imul(salt + 1, 40_503)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 2_246_822_519)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 3_266_489_917)
  return (((mixed ^ (mixed >>> 16)) >>> 0) % 1_000_000) / 1_000_000
}

function idOf(run: number): string {
  return `m${(Math.imul(run + 1, 40_503) >>> 0).toString(36).padStart(7, '0')}`
}
