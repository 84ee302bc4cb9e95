import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultMigrationsFolder } from '../../../core/database/migrations.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import type { RunEvent } from '../../../core/domain/run.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { MetricSeries } from '../../../core/tracking/metric-series.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import { openRecording, point, type Recording, someTime } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

const firstTime = Date.parse(someTime)

/** Points `from` … `to` of a key; what each is can be told from its place. */
function series(
  key: string,
  from: number,
  to: number,
  iterations: 'counted' | 'none' | 'odd' = 'counted',
): MetricSeries {
  const places = Float64Array.from({ length: to - from }, (_, index) => from + index)
  return {
    key,
    values: places.map((place) => Math.sin(place) * 10 ** (place % 300)),
    iterations: places.map((place) => ({ counted: place, none: Number.NaN, odd: (place * 7) % 1_000 })[iterations]),
    times: places.map((place) => firstTime + place),
  }
}

function expected(one: MetricSeries) {
  return Array.from(one.values, (value, index) => ({
    iteration: Number.isNaN(one.iterations[index]) ? null : one.iterations[index],
    value,
    at: new Date(one.times[index] as number).toISOString(),
  }))
}

const count = (table: string) =>
  at.database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count

describe('a history', () => {
  it('comes back point by point from wherever its parts lie by then', async () => {
    const { runId } = at.startRun([])
    const sizes = [1, 1, 5_000, 3, 9_000, 1, 8_000, 200, 1, 4_096, 9]
    let from = 0
    for (const size of sizes) {
      const batch = (['counted', 'none', 'odd'] as const).map((kind) => series(kind, from, from + size, kind))
      const written = at.recorder.queueMetrics(runId, batch)
      at.recorder.flushMetrics()
      await written
      from += size
    }
    const check = () => {
      for (const kind of ['counted', 'none', 'odd'] as const)
        expect(JSON.stringify(at.runs.history(runId, kind))).toBe(JSON.stringify(expected(series(kind, 0, from, kind))))
      expect(at.runs.metricsWithHistory([runId])).toEqual(
        ['counted', 'none', 'odd'].map((key) => ({ key, points: from })),
      )
    }
    expect(count('metric_batch')).toBeGreaterThan(0)
    expect(count('metric_chunk')).toBeGreaterThan(0)
    check()
    at.finish(runId)
    expect(count('metric_batch')).toBe(0)
    expect(count('metric_chunk')).toBe(3 * Math.ceil(from / 4_096))
    check()
    expect(at.database.findDamage()).toEqual([])
  })

  it('is folded as it grows, one logged point at a time', () => {
    const { runId } = at.startRun([])
    for (let index = 0; index < 2_500; index++) at.recorder.logMetrics(runId, [point('loss', index, index)])
    expect(count('metric_batch')).toBeLessThan(1_000)
    expect(at.runs.history(runId, 'loss').map(({ value }) => value)).toEqual(Array.from({ length: 2_500 }, (_, i) => i))
  })

  it('goes on after what was undone, be it a commit or the folding of many', () => {
    const { runId } = at.startRun([])
    const log = (from: number, to: number) => {
      for (let index = from; index < to; index++) at.recorder.logMetrics(runId, [point('loss', index, index)])
    }
    const undo = (from: number, to: number) =>
      expect(() =>
        at.database.transaction(() => {
          log(from, to)
          throw new Error('undone')
        }),
      ).toThrow('undone')
    undo(0, 3)
    log(0, 900)
    undo(900, 2_100)
    log(900, 2_000)
    expect(at.runs.history(runId, 'loss').map(({ value }) => value)).toEqual(Array.from({ length: 2_000 }, (_, i) => i))
    expect(at.runs.run(runId).metrics).toEqual({ loss: 1_999 })
  })

  it('keeps what floats can say, to the bit', () => {
    const { runId } = at.startRun([])
    const values = [Number.NaN, Infinity, -Infinity, 0, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, 0.1 + 0.2]
    const points = values.map((value) =>
      point('odd', Number.isFinite(value) ? value : (String(value) as 'NaN'), 2 ** 53 - 1),
    )
    at.recorder.logMetrics(runId, points)
    at.recorder.queueMetrics(runId, [{ ...series('zero', 0, 1), values: Float64Array.of(-0) }])
    at.recorder.flushMetrics()
    at.finish(runId)
    expect(at.runs.history(runId, 'odd').map(({ value }) => Number(value))).toEqual(values)
    expect(at.runs.history(runId, 'odd')[0]?.iteration).toBe(2 ** 53 - 1)
    expect(Object.is(at.runs.history(runId, 'zero')[0]?.value, -0)).toBe(true)
  })

  it('goes with a cached step, while the run that it comes from still logs', async () => {
    const first = at.startRun(['model'])
    at.recorder.queueMetrics(first.runId, [series('model.loss', 0, 6_000), series('models.other', 0, 3)])
    await at.doStep(first.stepRunIds.model!, { step: 'model', metrics: [point('model.last', 1)] })
    const second = at.startRun(['model'])
    at.recorder.stepCached(second.stepRunIds.model!, { reuses: first.stepRunIds.model!, savedMs: 1, reasons: [] })
    at.recorder.logMetrics(first.runId, [point('model.loss', 7, 6_000)])
    expect(at.runs.history(second.runId, 'model.loss')).toEqual(expected(series('model.loss', 0, 6_000)))
    expect(at.runs.history(first.runId, 'model.loss')).toHaveLength(6_001)
    expect(Object.keys(at.runs.run(second.runId).metrics)).toEqual(['model.last', 'model.loss'])
  })
})

describe('the latest value', () => {
  const late = '2026-01-02T03:04:06.000Z'
  it.each([
    [
      'the highest iteration, in whatever order they come',
      [
        ['a', 3, 2],
        ['b', 9, 0],
        ['c', 1, 1],
      ],
      3,
    ],
    [
      'the later of two at one iteration',
      [
        ['a', 1, 5, late],
        ['b', 2, 5],
      ],
      1,
    ],
    [
      'the one logged last at one time',
      [
        ['a', 1, 5],
        ['b', 2, 5],
      ],
      2,
    ],
    [
      'iteration 0 for none',
      [
        ['a', 4, 1],
        ['b', 5, null],
        ['c', 6, -1],
      ],
      4,
    ],
    [
      'a NaN too',
      [
        ['a', 4, 1],
        ['b', 'NaN', 2],
      ],
      'NaN',
    ],
  ] as const)('is that of %s', (_, rows, latest) => {
    const points = rows.map(([, value, iteration, time]) => ({ ...point('x', value, iteration), at: time ?? someTime }))
    const apart = at.startRun([]).runId
    for (const one of points) at.recorder.logMetrics(apart, [one])
    const together = at.startRun([]).runId
    at.recorder.logMetrics(together, points)
    for (const run of [apart, together]) {
      expect(at.runs.run(run).metrics).toEqual({ x: latest })
      expect(at.runs.history(run, 'x').map(({ value }) => value)).toEqual(rows.map(([, value]) => value))
    }
  })

  it('is announced once for many points, when they are durable', async () => {
    const { runId } = at.startRun([])
    const heard: RunEvent[] = []
    const stop = at.recorder.watch((event) => {
      if (event.kind === 'metric') expect(at.runs.run(runId).metrics[event.key]).toBe(event.value)
      heard.push(event)
    })
    const all = [0, 10, 20].map((from) => at.recorder.queueMetrics(runId, [series('loss', from, from + 10)]))
    expect([heard, at.runs.run(runId).metrics]).toEqual([[], {}])
    await Promise.all(all)
    stop()
    const value = series('loss', 29, 30).values[0]
    expect(heard).toEqual([{ kind: 'metric', runId, key: 'loss', value, iteration: 29 }])
  })
})

describe('a commit for many runs', () => {
  it('refuses the metrics of a run that has ended, and writes those of the others', async () => {
    const [ended, going] = [at.startRun([]).runId, at.startRun([]).runId]
    at.finish(ended)
    const refused = at.recorder.queueMetrics(ended, [series('loss', 0, 3)])
    const unknown = at.recorder.queueMetrics('nosuchrun', [series('loss', 0, 3)])
    await at.recorder.queueMetrics(going, [series('loss', 0, 3)])
    await expect(refused).rejects.toMatchObject({ code: 'tracking/wrongState' })
    await expect(unknown).rejects.toMatchObject({ code: 'tracking/runNotFound' })
    expect(at.runs.history(going, 'loss')).toHaveLength(3)
    expect(at.runs.run(ended).metrics).toEqual({})
  })

  it('f05-is refused as a whole by a full disk, and leaves what was there', async () => {
    const { runId } = at.startRun([])
    at.recorder.logMetrics(runId, [point('loss', 1)])
    at.database.prepare('PRAGMA max_page_count = 1').get()
    await expect(at.recorder.queueMetrics(runId, [series('loss', 0, 60_000)])).rejects.toMatchObject({
      code: 'database/full',
    })
    at.database.prepare('PRAGMA max_page_count = 1000000').get()
    expect(at.runs.history(runId, 'loss')).toHaveLength(1)
    await at.recorder.queueMetrics(runId, [series('more', 0, 60_000)])
    expect(at.runs.history(runId, 'more')).toHaveLength(60_000)
    expect(at.database.findDamage()).toEqual([])
  })

  it('is written before a run ends, though nobody waited for it', () => {
    const { runId } = at.startRun([])
    void at.recorder.queueMetrics(runId, [series('loss', 0, 3)])
    at.finish(runId)
    expect(at.runs.history(runId, 'loss')).toHaveLength(3)
  })
})

it('f10-a database of rows is brought forward after a backup, and its histories go on', async () => {
  const folder = join(at.folder, 'older')
  const migrations = join(at.folder, 'older-migrations')
  for (const made of [folder, migrations]) mkdirSync(made)
  for (const name of readdirSync(defaultMigrationsFolder()).filter((name) => name < '0006'))
    copyFileSync(join(defaultMigrationsFolder(), name), join(migrations, name))
  const old = openProjectDatabase(folder, { migrationsFolder: migrations })
  old.prepare("INSERT INTO run (id, state, started_at) VALUES ('older', 'running', ?)").run([someTime])
  old.prepare("INSERT INTO metric_key (name) VALUES ('loss')").run()
  const insert = old.prepare(
    'INSERT INTO metric_point (run, key, sequence, value, special, iteration, at) VALUES (1, 1, ?, ?, ?, ?, ?)',
  )
  insert.run([0, 3, null, 0, someTime])
  insert.run([1, null, 'NaN', null, someTime])
  insert.run([2, -Infinity, '-Infinity', 2, someTime])
  old
    .prepare("INSERT INTO metric_latest (run, key, value, special, iteration, at) VALUES (1, 1, ?, '-Infinity', 2, ?)")
    .run([-Infinity, someTime])
  old.close()

  const reopened = await openRecording(folder)
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(1)
  const before = [
    { value: 3, iteration: 0, at: someTime },
    { value: 'NaN', iteration: null, at: someTime },
    { value: '-Infinity', iteration: 2, at: someTime },
  ]
  expect(reopened.runs.history('older', 'loss')).toEqual(before)
  reopened.recorder.logMetrics('older', [point('loss', 5, 3)])
  reopened.finish('older')
  const queries = createRunQueries({ database: reopened.database, store: await createStore(join(folder, 'store')) })
  expect(queries.history('older', 'loss')).toEqual([...before, { value: 5, iteration: 3, at: someTime }])
  expect(queries.run('older').metrics).toEqual({ loss: 5 })
  expect(queries.metricsWithHistory(['older'])).toEqual([{ key: 'loss', points: 4 }])
  expect(reopened.database.findDamage()).toEqual([])
  reopened.database.close()
})
