import type { ProjectCore } from '../../core/api/project-core.ts'
import type { EnvironmentStatus, KeptEnvironment } from '../../core/domain/environment.ts'
import { fail } from '../../core/domain/failure.ts'
import type { Project } from '../../core/domain/project.ts'
import { parseSize } from '../../core/domain/quantity.ts'
import { defaultRecording } from '../../core/project/project-settings.ts'
import { compareFixtures, curvesOfFixtures } from './fixture-comparison.ts'
import { createFixtureData, type FixtureData } from './fixture-data.ts'
import { declaredDatasets } from './fixture-datasets.ts'
import { createFixtureImages } from './fixture-images.ts'
import { createFixtureJobs } from './fixture-jobs.ts'
import { createFixtureLineage } from './fixture-lineage.ts'
import { createFixtureModels } from './fixture-models.ts'
import { digestOf, readPipeline } from './fixture-pipeline.ts'
import { createFixtureProofs } from './fixture-proofs.ts'
import { createFixtureRuns } from './fixture-runs.ts'
import { projectFiles } from './fixture-sources.ts'
import { createFixtureSpace } from './fixture-space.ts'
import { createFixtureSweeps } from './fixture-sweeps.ts'
import { createFixtureTables, tableFiles } from './fixture-tables.ts'
import { createManyRuns } from './many-runs.ts'

export type FixtureOptions = {
  readonly key?: string
  readonly trusted?: boolean
  readonly environment?: 'missing' | 'ready'
  /** How long each step pretends to work. */
  readonly stepMs?: number
  /** So many runs were made before, of 500 columns. */
  readonly manyRuns?: number
  /** The core that is shown is kept until it was unused for so long. */
  readonly keptMs?: number
  /** What is said of where the project lies. */
  readonly caution?: string | undefined
}

export type FixtureCore = ProjectCore & {
  /** Makes the next runs fail in this step. */
  failAt(step: string | null): void
  /** Writes a file as another program would, and announces it. */
  writeOutside(path: string, text: string): void
  readonly data: FixtureData
}

/** A whole project held in memory behind the real contract, so that the window can be driven without Python. */
export function createFixtureCore(options: FixtureOptions = {}): FixtureCore {
  const { key = 'wine-grades-1f3a', trusted = false, environment = 'missing', stepMs = 350, manyRuns = 0 } = options
  const files = new Map(Object.entries(projectFiles))
  const watchers = new Set<(event: { changed: readonly string[]; gone: boolean }) => void>()
  let project: Project = {
    key,
    name: 'Wine grades',
    folder: '/home/ada/projects/wine',
    trusted,
    readOnly: null,
    caution: options.caution,
  }
  let status: EnvironmentStatus =
    environment === 'ready' ? readyEnvironment : { state: 'missing', reason: 'No environment was created yet.' }

  let recording = defaultRecording
  const coreSince = new Date(Date.now() - 25 * 60_000).toISOString()
  let keptMs = options.keptMs ?? null
  const jobs = createFixtureJobs()
  const readText = (path: string, buffers: Readonly<Record<string, string>> = {}) =>
    buffers[path] ?? files.get(path) ?? ''
  const runs = createFixtureRuns(
    jobs,
    () => readPipeline('pipeline.py', readText('pipeline.py')),
    stepMs,
    createManyRuns(manyRuns),
  )
  const models = createFixtureModels(runs)
  const images = createFixtureImages(jobs, models, Math.max(250, stepMs))
  const data = createFixtureData(jobs)
  const tables = createFixtureTables(jobs)
  const opened = (path: string) => {
    const text = files.get(path)
    if (text === undefined) throw fail('project/fileMissing', { path })
    return { path, text, digest: digestOf(text) }
  }
  const announce = (path: string) => {
    for (const watcher of watchers) watcher({ changed: [path], gone: false })
  }
  let pastEnvironments: readonly KeptEnvironment[] = ['3.11.7', '3.12.4'].map((python, at) => ({
    name: `3f2a9c01d4e5b67${at}-${python}`,
    python,
    lockDigest: digestOf(`past lock ${at}`),
    packages: 41 + at,
    sizeBytes: 312_000_000 + at * 97_000_000,
    lastUsedAt: new Date(Date.now() - (at + 1) * 26 * 3_600_000).toISOString(),
    inUse: at === 1,
  }))
  const syncEnvironment = () =>
    jobs.start('environment', 'Create the environment', async (report, _, log) => {
      for (const [index, name] of ['numpy', 'pandas', 'scikit-learn', 'matplotlib', 'pyarrow'].entries()) {
        report({ phase: 'Installing packages', done: index, total: 5, unit: 'packages', fact: name })
        log(`Installing ${name}`)
        await new Promise((settle) => setTimeout(settle, stepMs))
      }
      status = readyEnvironment
      return null
    })

  return {
    project: {
      get: () => project,
      endTrustForNow: () => undefined,
      trust: () => {
        project = { ...project, trusted: true }
        return project
      },
      pipeline: async (buffers) => readPipeline('pipeline.py', readText('pipeline.py', buffers)),
      datasets: async () => declaredDatasets,
      files: async () =>
        [...files]
          .map(([path, text]) => ({ path, sizeBytes: text.length, isText: true }))
          .concat(Object.keys(tableFiles).map((path) => ({ path, sizeBytes: 84_199, isText: true }))),
      readFile: async (path) => opened(path),
      writeFile: async (path, text, digest) => {
        const now = files.get(path)
        if (now !== undefined && digestOf(now) !== digest) throw fail('project/fileChanged', { path })
        files.set(path, text)
        setTimeout(() => announce(path), 20)
        return opened(path)
      },
      recording: async () => recording,
      changeRecording: async ({ keepFile, keepRun, keepLog }) => {
        const size = (text: string | null | undefined, now: number, usual: number) =>
          text === undefined ? now : text === null ? usual : (parseSize(text) as number)
        recording = {
          keepFileBytes: size(keepFile, recording.keepFileBytes, defaultRecording.keepFileBytes),
          keepRunBytes: size(keepRun, recording.keepRunBytes, defaultRecording.keepRunBytes),
          keepLogBytes: size(keepLog, recording.keepLogBytes, defaultRecording.keepLogBytes),
        }
        return recording
      },
      watch: (emit) => {
        watchers.add(emit)
        return () => watchers.delete(emit)
      },
    },
    core: {
      show: () => ({ pid: 4711, startedAt: coreSince, memoryBytes: 184_000_000, keptMs }),
      stop: () => {
        keptMs = null
      },
    },
    environment: {
      status: async () => status,
      sync: syncEnvironment,
      kept: async () => pastEnvironments,
      async clean(names) {
        const removed = pastEnvironments.filter(({ name, inUse }) => !inUse && (names?.includes(name) ?? true))
        pastEnvironments = pastEnvironments.filter((one) => !removed.includes(one))
        return { removed, freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
      },
    },
    runs: {
      plan: async (request) => runs.plan(request),
      start: async (request) => {
        if (!project.trusted) throw fail('project/notTrusted', { folder: project.folder })
        if (status.state === 'missing') status = readyEnvironment
        return runs.start(request)
      },
      cancel: async (id) => runs.cancel(id),
      list: async (request) => runs.list(request),
      columnNames: async () => runs.columnNames(),
      columns: async (names) => runs.columns(names),
      get: async (id) => runs.get(id),
      compare: async (references) => compareFixtures(references.map((id) => runs.get(id).run)),
      log: async (id, step) => runs.log(id, step),
      source: async (_, step) => ({ module: 'pipeline.py', text: `def ${step}(): ...\n` }),
      history: async () => [],
      metricsWithHistory: async () => [{ key: 'evaluation.log_loss', points: 400 }],
      curves: async (request) => curvesOfFixtures(request),
      tag: async (id, key, value) => runs.tag(id, key, value),
      delete: async (ids) => runs.delete(ids),
      restore: async (ids) => runs.restore(ids),
      deleted: async () => runs.deleted(),
      watch: (emit) => runs.watch(emit),
    },
    proofs: createFixtureProofs(jobs, (run) => runs.get(run), stepMs),
    sweeps: createFixtureSweeps(jobs, runs, async () => readPipeline('pipeline.py', readText('pipeline.py'))),
    artifacts: {
      find: async (reference) => runs.findArtifact(reference),
      preview: async (reference) => runs.preview(runs.findArtifact(reference)),
      read: async () => ({ base64: '', sizeBytes: 0 }),
    },
    lineage: createFixtureLineage(runs),
    ...images,
    models,
    data,
    tables: tables.tables,
    space: createFixtureSpace(jobs),
    doctor: { run: () => jobs.start('doctor', 'Check everything that is stored', async () => []) },
    jobs: { list: jobs.list, cancel: jobs.cancel, watch: jobs.watch },
    close: tables.close,
    failAt: runs.failAt,
    writeOutside: (path, text) => {
      files.set(path, text)
      announce(path)
    },
  }
}

const readyEnvironment: EnvironmentStatus = {
  state: 'ready',
  warnings: [],
  environment: {
    python: '3.12.4',
    implementation: 'CPython',
    platform: 'linux-x86_64',
    lockDigest: digestOf('lock'),
    packages: [
      { name: 'matplotlib', version: '3.11.0' },
      { name: 'numpy', version: '2.4.1' },
      { name: 'pandas', version: '3.0.1' },
      { name: 'scikit-learn', version: '1.9.0' },
    ],
  },
}
