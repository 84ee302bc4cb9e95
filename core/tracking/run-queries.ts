import type { Database } from '../database/database.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { GitState, Run } from '../domain/run.ts'
import type { Store } from '../store/store.ts'
import { compareRuns } from './compare-runs.ts'
import { compileFilter, compileSort } from './filter-queries.ts'
import { createArtifactFinder } from './find-artifact-queries.ts'
import { createRunFinder } from './find-run-queries.ts'
import { createRunLoader } from './load-runs-queries.ts'
import { createMetricHistoryQueries } from './metric-history-queries.ts'
import { type MetricPoints, toPoint } from './metric-series.ts'
import { previewArtifact } from './preview-artifact.ts'
import { readCurves } from './read-curves.ts'
import { readLogs } from './read-logs.ts'
import { createRunColumnQueries } from './run-columns-queries.ts'
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
  const columns = createRunColumnQueries(database)
  const artifacts = createArtifactFinder(database, findRun)
  const histories = createMetricHistoryQueries(database)

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
    list({ filter, sort, limit = usualLimit, offset = 0 }) {
      const where = compileFilter(filter)
      const order = compileSort(sort)
      const rows = database
        .prepare<RunRow>(`SELECT * FROM run WHERE ${where.sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`)
        .all([...where.params, ...order.params, limit, offset])
      const total = database.prepare<{ total: number }>(`SELECT count(*) AS total FROM run WHERE ${where.sql}`)
      return { runs: loadRuns(rows), total: total.get(where.params)?.total ?? 0 }
    },
    columnNames: columns.names,
    columns: columns.read,
    resolveRun: (reference) => findRun(reference).id,
    run: (reference) => toRun(findRun(reference)),
    stepRun: (stepRunId) => toStepRun(stepRuns.row(stepRunId)),

    get(reference) {
      const row = findRun(reference)
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
      const compared = references.map(findRun).map((row) => ({
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
