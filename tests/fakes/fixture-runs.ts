import type { RunListRequest, RunRequest } from '../../core/api/runs-area.ts'
import type { Artifact, ArtifactKind, ArtifactPreview } from '../../core/domain/artifact.ts'
import { columnOfRuns, valueOfRun } from '../../core/domain/columns-of-runs.ts'
import { mediaTypes } from '../../core/domain/descriptor.ts'
import { fail } from '../../core/domain/failure.ts'
import { patchColumn } from '../../core/domain/patch-column.ts'
import type { Pipeline, StepDeclaration } from '../../core/domain/pipeline.ts'
import type { RunPlan, StaleReason } from '../../core/domain/reason.ts'
import type { DeletedRun, Run, RunDetail, RunEvent, StepRun } from '../../core/domain/run.ts'
import { type RunColumnName, type RunColumnsAnswer, runFields } from '../../core/domain/run-columns.ts'
import { trashRestMs } from '../../core/domain/space.ts'
import { packColumn } from '../../core/tracking/pack-column.ts'
import type { FixtureJobs } from './fixture-jobs.ts'
import { observationOf } from './fixture-observed.ts'
import { digestOf } from './fixture-pipeline.ts'
import { confusionPlot, evaluationOf, wineRows } from './fixture-values.ts'
import type { createManyRuns } from './many-runs.ts'

type Kept = { detail: RunDetail; logs: Record<string, string> }

const kinds: Record<string, [ArtifactKind, string, string]> = {
  raw: ['table', mediaTypes.parquet, 'pandas.DataFrame'],
  clean: ['table', mediaTypes.parquet, 'pandas.DataFrame'],
  train: ['table', mediaTypes.parquet, 'pandas.DataFrame'],
  test: ['table', mediaTypes.parquet, 'pandas.DataFrame'],
  model: ['model', mediaTypes.skops, 'sklearn.ensemble.RandomForestClassifier'],
  evaluation: ['json', mediaTypes.json, 'builtins.dict'],
  confusion: ['figure', mediaTypes.svg, 'matplotlib.figure.Figure'],
}

/** Runs that take a moment, print, measure and remember, without any Python. */
export function createFixtureRuns(
  jobs: FixtureJobs,
  readPipelineNow: () => Pipeline,
  stepMs: number,
  before: ReturnType<typeof createManyRuns>,
) {
  const kept: Kept[] = []
  const deleted: { entry: Kept; deletedAt: string }[] = []
  const cache = new Map<string, { stepRunId: string; key: string }>()
  const listeners = new Set<(event: RunEvent) => void>()
  const emit = (event: RunEvent) => {
    for (const listener of listeners) listener(event)
  }
  let count = 0
  let failing: string | null = null

  const paramsOf = (step: StepDeclaration, request: RunRequest) =>
    Object.fromEntries(
      step.params.map((param) => [param.name, request.params[`${step.name}.${param.name}`] ?? param.default]),
    )

  function plan(request: RunRequest): RunPlan {
    const pipeline = readPipelineNow()
    const stale = new Set<string>()
    return {
      steps: wanted(pipeline, request.steps).map((step) => {
        const key = JSON.stringify([step.sourceDigest, paramsOf(step, request)])
        const known = cache.get(step.name)
        const from = pipeline.edges.filter((edge) => edge.to === step.name && stale.has(edge.from))
        const reasons: StaleReason[] = []
        if (!known) reasons.push({ kind: 'new', name: step.name, from: null, to: null })
        else if (known.key !== key) reasons.push(...compareKeys(step, known.key, key))
        for (const edge of from)
          if (known) reasons.push({ kind: 'input', name: edge.artifact, from: null, to: `${edge.from} will run again` })
        if (request.noCache) reasons.push({ kind: 'forced', name: step.name, from: null, to: null })
        if (reasons.length > 0) stale.add(step.name)
        return {
          step: step.name,
          state: reasons.length === 0 ? 'cached' : known ? 'stale' : 'new',
          reasons,
          reuses: reasons.length === 0 ? (known?.stepRunId ?? null) : null,
          savedMs: reasons.length === 0 ? 1840 : null,
          effects: reasons.length === 0 ? (observationOf(step.name, step.module).effects ?? []) : [],
        }
      }),
    }
  }

  function start(request: RunRequest) {
    const runId = `${(0x1f3a + 37 * count++).toString(16)}c0de`
    const job = jobs.start('run', `Run ${runId}`, async (report, isCanceled) => {
      const planned = plan(request).steps
      const steps = new Map(readPipelineNow().steps.map((step) => [step.name, step]))
      const startedAt = new Date().toISOString()
      const began = Date.now()
      const entry: Kept = {
        logs: {},
        detail: {
          run: {
            id: runId,
            experiment: request.experiment ?? 'default',
            state: 'running',
            startedAt,
            endedAt: null,
            durationMs: null,
            params: Object.fromEntries(
              [...steps.values()].flatMap((step) =>
                Object.entries(paramsOf(step, request)).map(([name, value]) => [`${step.name}.${name}`, value]),
              ),
            ),
            metrics: {},
            tags: request.tags ?? {},
            failure: null,
            cachedSteps: planned.filter((step) => step.state === 'cached').length,
            totalSteps: planned.length,
          },
          steps: [],
          artifacts: [],
          environment: null,
          git: { commit: '9f2c1e7a', branch: 'main', diffDigest: null },
          observed: {},
        },
      }
      kept.unshift(entry)
      const change = (part: Partial<Run>) => {
        entry.detail = { ...entry.detail, run: { ...entry.detail.run, ...part } }
        emit({ kind: 'run', run: entry.detail.run })
      }
      const put = (stepRun: StepRun) => {
        entry.detail = {
          ...entry.detail,
          steps: [...entry.detail.steps.filter((other) => other.step !== stepRun.step), stepRun],
        }
        emit({ kind: 'stepRun', runId, stepRun })
      }
      change({})
      const base = (step: (typeof planned)[number]) => ({
        id: `${runId}-${step.step}`,
        runId,
        step: step.step,
        reasons: step.reasons,
      })
      for (const step of planned) put({ ...base(step), state: 'queued' })
      let failed = false
      for (const [index, step] of planned.entries()) {
        const declaration = steps.get(step.step) as StepDeclaration
        report({ phase: 'Running steps', done: index, total: planned.length, unit: 'steps', fact: step.step })
        if (isCanceled() || failed) {
          put({ ...base(step), state: 'skipped' })
          continue
        }
        if (step.state === 'cached')
          put({ ...base(step), state: 'cached', reuses: step.reuses as string, savedMs: 1840 })
        else {
          const at = new Date().toISOString()
          put({ ...base(step), state: 'running', startedAt: at, pid: 4242 })
          const say = (text: string, stream: 'stdout' | 'stderr' = 'stdout') => {
            entry.logs[step.step] = (entry.logs[step.step] ?? '') + text
            emit({ kind: 'log', runId, step: step.step, stream, text })
          }
          say(`\x1b[2m${step.step}\x1b[0m starting with ${JSON.stringify(paramsOf(declaration, request))}\n`)
          await rest(stepMs)
          if (step.step === failing) {
            failed = true
            say('Traceback (most recent call last):\nValueError: could not convert string to float\n', 'stderr')
            put({ ...base(step), state: 'failed', startedAt: at, ...ended(at), failure: failureAt(declaration) })
            continue
          }
          if (step.step === 'clean') say('kept 1,359 of 1,599 rows\n')
          if (step.step === 'model') say('\x1b[32mfitted\x1b[0m 120 trees\n')
          cache.set(step.step, {
            stepRunId: `${runId}-${step.step}`,
            key: JSON.stringify([declaration.sourceDigest, paramsOf(declaration, request)]),
          })
          put({ ...base(step), state: 'completed', startedAt: at, ...ended(at), peakMemoryBytes: 184_000_000 })
        }
        for (const name of declaration.outputs) {
          const artifact = artifactOf(runId, step.step, name)
          entry.detail = { ...entry.detail, artifacts: [...entry.detail.artifacts, artifact] }
          emit({ kind: 'artifact', runId, artifact })
        }
        entry.detail = {
          ...entry.detail,
          observed: { ...entry.detail.observed, [step.step]: observationOf(step.step, declaration.module) },
        }
        if (step.step === 'evaluation') change({ metrics: evaluationOf(entry.detail.run.params) })
      }
      const state = isCanceled() ? 'canceled' : failed ? 'failed' : 'completed'
      change({
        state,
        endedAt: new Date().toISOString(),
        durationMs: Date.now() - began,
        failure: failed
          ? {
              code: 'execution/stepFailed',
              message: `Step ${failing} raised ValueError: could not convert string to float: 'n/a'.`,
              kept: 'The steps before it are cached.',
              remedy: 'Open the line in the traceback, mend it and run again.',
              exitCode: 1,
              details: {},
            }
          : null,
      })
      return { run: runId }
    })
    return { job, runId }
  }

  const find = (id: string) => {
    const entry = kept.find((one) => one.detail.run.id === id)
    if (entry) return entry
    const run = before.find(id)
    if (!run) throw new Error(`no run ${id}`)
    const detail = { run, steps: [], artifacts: [], environment: null, git: null, observed: {} }
    return { logs: {}, detail } as Kept
  }

  return {
    plan,
    start,
    failAt: (step: string | null) => {
      failing = step
    },
    cancel: (id: string) => jobs.cancelByTitle(`Run ${id}`),
    list: ({ limit = 100, offset = 0 }: RunListRequest) => ({
      runs: [...kept.map((entry) => entry.detail.run), ...before.newest(limit)].slice(offset, offset + limit),
      total: kept.length + before.count,
    }),
    columnNames: () => [
      ...new Set([...(before.count > 0 ? before.names : []), ...namesOf(kept.map((entry) => entry.detail.run))]),
    ],
    columns: (names: readonly RunColumnName[]): RunColumnsAnswer => {
      const own = kept.map((entry) => entry.detail.run).reverse()
      const count = before.count + own.length
      const columns = names.map((name) => {
        const column = before.count > 0 ? before.column(name) : columnOfRuns(own, name)
        if (before.count === 0 || own.length === 0) return column
        return patchColumn(column, count, new Map(own.map((run, at) => [before.count + at, valueOfRun(run, name)])))
      })
      return { count, columns: columns.map((column) => column && packColumn(column)) }
    },
    get: (id: string) => find(id).detail,
    tag: (id: string, key: string, value: string | null): Run => {
      const entry = find(id)
      const { [key]: _, ...others } = entry.detail.run.tags
      const run = { ...entry.detail.run, tags: value === null ? others : { ...others, [key]: value } }
      entry.detail = { ...entry.detail, run }
      emit({ kind: 'run', run })
      return run
    },
    delete: (ids: readonly string[]): readonly DeletedRun[] => {
      for (const id of ids) {
        const entry = kept.find(({ detail }) => detail.run.id === id)
        if (!entry) throw fail('tracking/runNotFound', { run: id })
        if (entry.detail.run.endedAt === null)
          throw fail('tracking/wrongState', { what: `Run ${id}`, state: 'running', wanted: 'deleted' })
        kept.splice(kept.indexOf(entry), 1)
        deleted.unshift({ entry, deletedAt: new Date().toISOString() })
        emit({ kind: 'deletion', runId: id, deleted: true })
      }
      return deleted.map(toDeletedRun).filter(({ run }) => ids.includes(run.id))
    },
    restore: (ids: readonly string[]): readonly Run[] =>
      ids.map((id) => {
        const at = deleted.findIndex(({ entry }) => entry.detail.run.id === id)
        const [found] = at < 0 ? [] : deleted.splice(at, 1)
        if (!found) throw fail('tracking/runNotDeleted', { run: id })
        kept.push(found.entry)
        kept.sort((a, b) => (a.detail.run.startedAt < b.detail.run.startedAt ? 1 : -1))
        emit({ kind: 'deletion', runId: id, deleted: false })
        return found.entry.detail.run
      }),
    deleted: (): readonly DeletedRun[] => deleted.map(toDeletedRun),
    log: (id: string, step: string | null) => ({
      text: step === null ? Object.values(find(id).logs).join('') : (find(id).logs[step] ?? ''),
      truncated: false,
    }),
    watch: (listener: (event: RunEvent) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    findArtifact: (reference: string): Artifact => {
      const [run = '', name] = reference.split(':')
      const all = reference.startsWith('sha256:')
        ? kept.flatMap((entry) => entry.detail.artifacts).filter((artifact) => artifact.descriptor.digest === reference)
        : find(run).detail.artifacts.filter((artifact) => artifact.name === name)
      if (!all[0]) throw new Error(`no artifact ${reference}`)
      return all[0]
    },
    preview: (artifact: Artifact): ArtifactPreview => previewOf(artifact, find(artifact.runId).detail.run),
    ended: () => kept,
  }
}

function toDeletedRun({ entry, deletedAt }: { entry: Kept; deletedAt: string }): DeletedRun {
  const endsAt = new Date(Date.parse(deletedAt) + trashRestMs).toISOString()
  return { run: entry.detail.run, deletedAt, endsAt, usedBy: null }
}

function namesOf(runs: readonly Run[]): readonly RunColumnName[] {
  const keyed = runs.flatMap(({ metrics, params, tags }): RunColumnName[] => [
    ...Object.keys(metrics).map((key) => `metric.${key}` as const),
    ...Object.keys(params).map((key) => `param.${key}` as const),
    ...Object.keys(tags).map((key) => `tag.${key}` as const),
  ])
  return [...new Set([...runFields, ...keyed])]
}

function wanted(pipeline: Pipeline, steps: readonly string[]): readonly StepDeclaration[] {
  if (steps.length === 0) return pipeline.steps
  const names = new Set<string>()
  const visit = (name: string) => {
    names.add(name)
    for (const edge of pipeline.edges) if (edge.to === name && !names.has(edge.from)) visit(edge.from)
  }
  for (const step of steps) visit(step)
  return pipeline.steps.filter((step) => names.has(step.name))
}

function compareKeys(step: StepDeclaration, before: string, now: string): StaleReason[] {
  const [oldSource, oldParams] = JSON.parse(before)
  const [newSource, newParams] = JSON.parse(now)
  const reasons: StaleReason[] = []
  if (oldSource !== newSource)
    reasons.push({
      kind: 'source',
      name: step.name,
      from: oldSource,
      to: newSource,
      // As wide as lines of code may be.
      diff: `-    trees=120\n+    trees=200\n     forest = RandomForestClassifier(${'n_estimators=trees, '.repeat(4)}random_state=seed)\n`,
    })
  for (const name of Object.keys(newParams))
    if (JSON.stringify(oldParams[name]) !== JSON.stringify(newParams[name]))
      reasons.push({ kind: 'param', name, from: JSON.stringify(oldParams[name]), to: JSON.stringify(newParams[name]) })
  return reasons
}

function ended(startedAt: string) {
  return { endedAt: new Date().toISOString(), durationMs: Math.max(1, Date.now() - Date.parse(startedAt)) }
}

function failureAt(step: StepDeclaration) {
  return {
    kind: 'exception' as const,
    message: "could not convert string to float: 'n/a'",
    remedy: 'Look at the value in the line below.',
    exceptionType: 'ValueError',
    exitCode: null,
    signal: null,
    frames: [
      { file: step.module, line: step.span.line + 3, function: step.name, code: 'forest.fit(train)', isUser: true },
      { file: 'sklearn/base.py', line: 1389, function: 'wrapper', code: 'return fit_method(estimator)', isUser: false },
      { file: 'sklearn/ensemble/_forest.py', line: 359, function: 'fit', code: 'X, y = validate_data(', isUser: false },
    ],
  }
}

function artifactOf(runId: string, step: string, name: string): Artifact {
  const [kind, mediaType, pythonType] = kinds[name] ?? ['json', mediaTypes.json, 'builtins.dict']
  return {
    name,
    step,
    runId,
    stepRunId: `${runId}-${step}`,
    kind,
    descriptor: { mediaType, digest: digestOf(`${runId} ${name}`), sizeBytes: 48_120 },
    parts: [],
    pythonType,
    runsCodeWhenLoaded: false,
    summary: kind === 'table' ? { rows: 1359, columns: 6 } : kind === 'model' ? { classes: 3, features: 5 } : {},
  }
}

function previewOf(artifact: Artifact, run: Run): ArtifactPreview {
  switch (artifact.kind) {
    case 'table':
      return wineRows
    case 'figure':
      return { kind: 'image', mediaType: 'image/svg+xml', base64: Buffer.from(confusionPlot).toString('base64') }
    case 'model':
      return { kind: 'model', summary: { type: artifact.pythonType, features: 5, classes: [0, 1, 2], onnx: 'equal' } }
    case 'json':
      return { kind: 'json', value: evaluationOf(run.params), truncated: false }
    default:
      return { kind: 'none', reason: 'Nothing to show.' }
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, ms))
}
