import type { Database } from '../../../core/database/database.ts'
import { runProgram } from '../harness/measure.ts'
import type { Records } from './slipway.ts'

/** Between 0 and 1, each once; as `noise` of serve.py. */
export function noise(run: number, salt: number): number {
  return ((Math.imul(run + 1, 2_654_435_761) + salt * 40_503) >>> 0) / 2 ** 32
}

const kernelOf = (run: number) => (run % 3 === 0 ? 'rbf' : 'linear')

/** Runs with three metrics, three params and a tag each: the same as fill_mlflow.py writes. */
export function fillRuns(database: Database, runs: number): void {
  const insert = (table: string, columns: string) =>
    database.prepare<never>(
      `INSERT INTO ${table} (${columns}) VALUES (${columns
        .split(',')
        .map(() => '?')
        .join(', ')})`,
    )
  const insertRun = insert('run', 'number, id, experiment, state, started_at, ended_at, duration_ms')
  const insertMetric = insert('metric_latest', 'key, run, value, iteration, at')
  const insertParam = insert('run_param', 'run, key, value')
  const insertTag = insert('run_tag', 'run, key, value')
  const at = '2026-01-01T00:00:00.000Z'
  const keys = ['accuracy', 'f1', 'loss'].map((key) => insert('metric_key', 'name').run([key]).lastId)
  for (let from = 0; from < runs; from += 20_000)
    database.transaction(() => {
      for (let run = from; run < Math.min(from + 20_000, runs); run++) {
        insertRun.run([run + 1, nameOf(run), 'default', 'completed', at, at, 1_000])
        for (const [salt, key] of keys.entries()) insertMetric.run([key, run + 1, noise(run, salt), 0, at])
        const params = { C: run % 7, kernel: kernelOf(run), seed: run }
        for (const [key, value] of Object.entries(params)) insertParam.run([run + 1, key, JSON.stringify(value)])
        insertTag.run([run + 1, 'team', run % 2 === 0 ? 'blue' : 'red'])
      }
    })
}

export function nameOf(run: number): string {
  return `r${String(run).padStart(7, '0')}`
}

/** A metric of very many points, logged as a step's are. */
export async function fillCurve({ recorder, runId }: Records, points: number): Promise<void> {
  const places = Float64Array.from({ length: points }, (_, at) => at)
  const values = places.map((at) => Math.sin(at / 1000) + noise(at, 9))
  for (let from = 0; from < points; from += 50_000) {
    const part = (column: Float64Array) => column.slice(from, from + 50_000)
    const times = part(places).map((at) => 1_000 + at)
    await recorder.queueMetrics(runId(), [{ key: 'curve', values: part(values), iterations: part(places), times }])
  }
}

/** Into a database that MLflow has made. `analyze` is what its users have to think of by themselves. */
export async function fillMlflow(python: string, database: string, runs: number, points: number, analyze: boolean) {
  const script = new URL('./fill_mlflow.py', import.meta.url).pathname
  await runProgram(python, [script, database, String(runs), String(points)])
  if (analyze)
    await runProgram(python, ['-c', `import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('ANALYZE')`, database])
}
