import type { Database } from '../database/database.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { evaluateFilter } from '../domain/evaluate-filter.ts'
import { fail } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { GitState, Run } from '../domain/run.ts'
import { kindOf, type PackedColumn } from '../domain/run-columns.ts'
import { trashRestMs } from '../domain/space.ts'
import { topRows } from '../domain/top-rows.ts'
import type { Store } from '../store/store.ts'
import { compareRuns } from './compare-runs.ts'
import { createDeletedRunQueries } from './deleted-runs-store.ts'
import { createArtifactFinder } from './find-artifact-queries.ts'
import { createRunFinder } from './find-run-queries.ts'
import { createKeptRuns } from './kept-runs.ts'
import { createRunLoader } from './load-runs-queries.ts'
import { createMetricHistoryQueries } from './metric-history-queries.ts'
import { type MetricPoints, toPoint } from './metric-series.ts'
import { createSpeltOutCheck } from './owed-run-queries.ts'
import { packColumn } from './pack-column.ts'
import { parseSort } from './parse-sort.ts'
import { previewArtifact } from './preview-artifact.ts'
import { readCurves } from './read-curves.ts'
import { readLogs } from './read-logs.ts'
import { runColumnsOf } from './run-column-cache.ts'
import type { RunQueries } from './run-reader.ts'
import type { StepRunCandidate } from './run-records.ts'
import { fromJson, type RunRow, type StepRunRow, toStepRun } from './run-rows.ts'
import { createStepRunQueries } from './step-run-queries.ts'

const usualLimit = 100
const candidateLimit = 50
const longestReadBytes = 16 * 1024 * 1024

/**
 * Reads what was recorded. `liveLog` gives the output so far of a step run that is still going, by its id,
 * or null when it is not.
 */
export function createRunQueries({
  database,
  store,
  liveLog = () => null,
}: {
  readonly database: Database
  readonly store: Store
  readonly liveLog?: ((stepRunId: string) => string | null) | undefined
}): RunQueries {
  const findRun = createRunFinder(database)
  const loadRuns = createRunLoader(database)
  const stepRuns = createStepRunQueries(database)
  const columns = runColumnsOf(database)
  const artifacts = createArtifactFinder(database, findRun)
  const histories = createMetricHistoryQueries(database)
  const deletedRuns = createDeletedRunQueries(database)
  const assertSpeltOut = createSpeltOutCheck(database)

  const newestRuns = database.prepare<RunRow>(
    'SELECT * FROM run WHERE deleted_at IS NULL ORDER BY number DESC LIMIT ? OFFSET ?',
  )
  const countOfRuns = database.prepare<{ total: number }>(
    'SELECT count(*) - (SELECT count(*) FROM run WHERE deleted_at IS NOT NULL) AS total FROM run',
  )
  const runsByNumber = database.prepare<RunRow>('SELECT * FROM run WHERE number IN (SELECT value FROM json_each(?))')

  function newest(limit: number, offset: number) {
    return { runs: loadRuns(newestRuns.all([limit, offset])), total: countOfRuns.get()?.total ?? 0 }
  }

  const keptRuns = createKeptRuns(columns, (numbers) => {
    const rows = runsByNumber.all([JSON.stringify(numbers)])
    return new Map(loadRuns(rows).map((run, index) => [rows[index]?.number as number, run]))
  })

  const toRun = (row: RunRow): Run => loadRuns([row])[0] as Run

  /** The step's own run, or the one that it stands for. */
  function stepOf(run: RunRow, step: string): StepRunRow {
    const rows = stepRuns.rowsOf(run.id)
    const row = rows.find((each) => each.step === step)
    if (!row) throw fail('tracking/stepNotFound', { run: run.id, step, steps: rows.map((each) => each.step) })
    return stepRuns.origin(row)
  }

  function candidatesOf(run: RunRow): readonly StepRunCandidate[] {
    const rows = stepRuns.rowsOf(run.id).filter((row) => row.state !== 'skipped' && row.state !== 'queued')
    return rows.map((row) => stepRuns.toCandidate(stepRuns.origin(row))).filter(({ module }) => module !== '')
  }

  function environmentOf(run: RunRow) {
    return (
      stepRuns.environment(run.environment) ?? candidatesOf(run).find((step) => step.environment)?.environment ?? null
    )
  }

  function observedIn(run: RunRow): Readonly<Record<string, Observation>> {
    const seen = stepRuns.rowsOf(run.id).map((row) => {
      const observed = fromJson<Observation>(stepRuns.origin(row).observed)
      return observed === null ? [] : [[row.step, observed] as const]
    })
    return Object.fromEntries(seen.flat())
  }

  function pointsOf(run: RunRow, key: string): MetricPoints {
    const points = histories.points(run.number, key)
    if (points.values.length > 0) return points
    throw fail('tracking/metricNotFound', { run: run.id, metric: key, metrics: Object.keys(toRun(run).metrics) })
  }

  return {
    list({ filter = '', sort, limit = usualLimit, offset = 0 }) {
      const order = parseSort(sort)
      if (filter.trim() === '' && order === null) return newest(limit, offset)
      columns.refresh()
      const holds = evaluateFilter(filter, columns)
      const column = order && columns.column(order.name)
      const json = order !== null && kindOf(order.name) === 'param'
      const { rows, total } = topRows(holds, { column, descending: order?.descending ?? false, json }, offset + limit)
      return { runs: keptRuns(Array.from(rows.subarray(offset), columns.runAt)), total }
    },
    columnNames: columns.names,
    async columns(names) {
      columns.refresh()
      const packed: (PackedColumn | null)[] = []
      for (const name of names) await columns.load([name])
      columns.refresh()
      for (const name of names) {
        const column = columns.column(name)
        packed.push(column && packColumn(column))
      }
      return { count: columns.count, columns: packed }
    },
    resolveRun: (reference) => findRun(reference).id,
    resolveDeleted: (reference) => deletedRuns.find(reference).id,
    deleted() {
      const listed = deletedRuns.list()
      const loaded = loadRuns(listed.map(({ row }) => row))
      return listed.map(({ row, usedBy }, index) => ({
        run: loaded[index] as Run,
        deletedAt: row.deleted_at,
        endsAt: new Date(Date.parse(row.deleted_at) + trashRestMs).toISOString(),
        usedBy,
      }))
    },
    run: (reference) => toRun(findRun(reference)),
    stepRun: (stepRunId) => toStepRun(stepRuns.row(stepRunId)),

    get(reference) {
      const row = findRun(reference)
      assertSpeltOut(row)
      return {
        run: toRun(row),
        steps: stepRuns.rowsOf(row.id).map(toStepRun),
        artifacts: artifacts.ofRun(row),
        environment: environmentOf(row),
        git: fromJson<GitState>(row.git),
        observed: observedIn(row),
      }
    },

    compare(references) {
      const compared = references
        .map((each) => findRun(each))
        .map((row) => ({
          run: toRun(row),
          steps: candidatesOf(row),
          environment: environmentOf(row),
        }))
      return compareRuns(compared, store.readText)
    },

    async log(reference, step) {
      const run = findRun(reference)
      const rows = step === null ? stepRuns.rowsOf(run.id).map(stepRuns.origin) : [stepOf(run, step)]
      return readLogs(rows, { readText: store.readText, liveLog, withTitles: step === null })
    },

    async source(reference, step) {
      const run = findRun(reference)
      const { module, sources } = stepRuns.toCandidate(stepOf(run, step))
      const own = sources.find(({ path }) => path === module)
      if (!own) throw fail('tracking/sourceNotRecorded', { run: run.id, step })
      return { module, text: await store.readText(own.digest) }
    },

    history(reference, key) {
      const points = pointsOf(findRun(reference), key)
      return Array.from(points.values, (_, index) => toPoint(points, index))
    },
    metricsWithHistory: (references) => histories.withHistory(references.map((reference) => findRun(reference).number)),
    curves: (request) =>
      readCurves((reference) => {
        const run = findRun(reference)
        return { id: run.id, points: histories.points(run.number, request.key) }
      }, request),

    findWriters: stepRuns.writersOf,
    findStepRunsByStep: (step, limit = candidateLimit) => stepRuns.candidatesByStep(step, limit),
    findStepRunsBySteps: stepRuns.candidatesBySteps,
    findStepRunsByKey: (key, limit = candidateLimit) => stepRuns.byKey(key, limit).map(stepRuns.toCandidate),
    candidate: (stepRunId) => stepRuns.toCandidate(stepRuns.origin(stepRuns.row(stepRunId))),
    candidatesOf: (reference) => candidatesOf(findRun(reference)),

    findArtifact: artifacts.find,
    predictionsOf: artifacts.predictionsOf,
    preview: (reference) => previewArtifact(artifacts.find(reference), store),

    async read(digest, offset, length) {
      if (!isDigest(digest)) {
        throw fail('tracking/artifactNotFound', { artifact: digest, hint: 'Bytes are read by their whole digest.' })
      }
      const sizeBytes = store.sizeOf(digest)
      if (sizeBytes === null) throw fail('store/blobMissing', { digest })
      const bytes = await store.readRange(digest as Digest, offset, Math.min(length, longestReadBytes))
      return { base64: bytes.toString('base64'), sizeBytes }
    },
  }
}
