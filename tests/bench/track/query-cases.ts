import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { decimate } from '../../../core/domain/decimate.ts'
import type { Case, Contender } from '../harness/bench.ts'
import { filterCeiling } from './ceilings.ts'
import { fillCurve, fillMlflow, fillRuns, nameOf, noise } from './fill.ts'
import { openDirect } from './mlflow.ts'
import { openRecords } from './slipway.ts'
import type { WriteUse } from './write-cases.ts'

const limit = 50
/** Without statistics one query of a hundred thousand runs takes MLflow many seconds. */
const mostByDefault = 10_000
const slowFrom = 100_000

export async function* topCase(
  { name, folder, peer, count }: WriteUse,
  note: (line: string) => void,
): AsyncGenerator<Case> {
  mkdirSync(folder, { recursive: true })
  note(`Making ${count} runs …`)
  const filling = await openRecords(join(folder, 'slipway'))
  fillRuns(filling.database, count)
  filling.database.close()
  const records = await openRecords(join(folder, 'slipway'))
  const version = await peer.versionOf('mlflow')
  const open = async (analyze: boolean) => {
    const mlflow = await openDirect(peer, join(folder, `mlflow-${analyze}.db`))
    await fillMlflow(peer.python, mlflow.database, count, 0, analyze)
    return mlflow
  }
  const peers = [await open(true), ...(count <= mostByDefault ? [await open(false)] : [])]
  // No two alike in a round, and others in the next.
  const thresholds = (round: number) => Array.from({ length: 10 }, (_, at) => 0.5 + at / 25 + (round + 1) / 10_000)
  const list = (above: number) =>
    records.queries.list({
      filter: `metric.accuracy > ${above} and param.kernel = "rbf"`,
      sort: 'metric.f1 desc',
      limit,
    })
  const ours: Contender = {
    name: 'slipway',
    about: 'columns in memory, whole runs answered; those seen before are kept until they change',
    async work(round) {
      for (const above of thresholds(round)) list(above)
      return undefined
    },
    output: async () => [0.5, 0.9].map((above) => list(above).runs.map(({ id }) => id)),
  }
  const theirs = peers.map((mlflow, index): Contender => {
    // Where one query takes seconds, one of the ten stands for them.
    const isSlow = index > 0 || count > slowFrom
    const said = isSlow ? '; one of the ten, figures per piece' : ''
    return {
      name: index === 0 ? 'mlflow, its store, after ANALYZE' : 'mlflow, its store, as it is',
      about: `${version}, SQLite WAL, search_runs${said}`,
      ...(isSlow && { part: 0.1 }),
      processes: mlflow.processes,
      async work(round) {
        const asked = thresholds(round)
        for (const above of isSlow ? asked.slice(4, 5) : asked) await mlflow.worker.ask('search', above, limit)
        return undefined
      },
      output: () => Promise.all([0.5, 0.9].map((above) => mlflow.worker.ask('search', above, limit))),
    }
  })
  const goal = count <= 10_000 ? '≤ 0.45 ms, ≥ 100× mlflow' : count <= 100_000 ? '≤ 4.5 ms, ≥ 100× mlflow' : '≤ 50 ms'
  yield { name, goal, pieces: 10, contenders: [ours, ...theirs, filterCeiling(count, thresholds(0))] }
  for (const mlflow of peers) await mlflow.close()
  records.database.close()
}

export async function* curveCase({ name, folder, peer, count }: WriteUse): AsyncGenerator<Case> {
  mkdirSync(folder, { recursive: true })
  const records = await openRecords(join(folder, 'slipway'))
  records.begin()
  await fillCurve(records, count)
  records.recorder.finishRun(records.runId(), {
    state: 'completed',
    endedAt: new Date().toISOString(),
    durationMs: 1,
    failure: null,
  })
  const mlflow = await openDirect(peer, join(folder, 'mlflow.db'))
  await fillMlflow(peer.python, mlflow.database, 1, count, true)
  const values = Float64Array.from({ length: count }, (_, at) => Math.sin(at / 1000) + noise(at, 9))
  const xs = Float64Array.from(values.keys())
  const read = () =>
    records.queries.curves({ runs: [records.runId()], key: 'curve', axis: 'iteration', buckets: 1_000 })
  const contenders: Contender[] = [
    {
      name: 'slipway',
      about: 'read, unpacked and thinned out to 1,000 parts with their extremes',
      work: async () => void read(),
      output: async () => {
        const [curve] = read()
        const ys = curve?.ys ?? []
        return { points: curve?.points, low: Math.min(...ys), high: Math.max(...ys), ends: [ys[0], ys.at(-1)] }
      },
    },
    {
      name: 'mlflow, its store',
      about: `${await peer.versionOf('mlflow')}, get_metric_history and the extremes`,
      processes: mlflow.processes,
      work: async () => void (await mlflow.worker.ask('curve', nameOf(0), 'curve')),
      output: () => mlflow.worker.ask('curve', nameOf(0), 'curve'),
    },
    {
      name: 'thinned out in memory',
      about: 'typed arrays, nothing read',
      ceiling: true,
      work: async () => void decimate({ xs, ys: values }, 1_000),
    },
  ]
  yield {
    name: `${name}: ${count}`,
    goal: '≤ 50 ms for a million points; fewer here, since mlflow takes a minute for so many',
    contenders,
  }
  await mlflow.close()
  records.database.close()
}
