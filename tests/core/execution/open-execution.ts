import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import type { Digest } from '../../../core/domain/digest.ts'
import type { Environment } from '../../../core/domain/environment.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { RunEvent } from '../../../core/domain/run.ts'
import type { Environments } from '../../../core/environments/environments.ts'
import { digestOfText } from '../../../core/execution/cache-key.ts'
import type { Kernel } from '../../../core/execution/kernel.ts'
import { createKnownImports } from '../../../core/execution/known-imports.ts'
import { readLiveLog } from '../../../core/execution/live-log.ts'
import { createProcessJournal } from '../../../core/execution/process-journal.ts'
import { createPythonKernel } from '../../../core/execution/python-kernel.ts'
import { createExecution } from '../../../core/execution/run-project.ts'
import type { RunRequest } from '../../../core/execution/run-request.ts'
import type { WarmProcesses } from '../../../core/execution/warm-processes.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createProject } from '../../../core/project/open-project.ts'
import type { OpenedProject } from '../../../core/project/opened-project.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { createRecorder } from '../../../core/tracking/create-recorder.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import type { RunQueries } from '../../../core/tracking/run-reader.ts'
import { placeOnce } from '../../builders/place-once.ts'
import { type TestEnvironmentName, testEnvironment } from '../../builders/python-environment.ts'
import { testFolder } from './test-folder.ts'

export const pythonPackages = resolve(import.meta.dirname, '../../../core/execution/python')

/** An environment that is there already, with the package `slipway` beside it. */
async function readyEnvironments(
  name: TestEnvironmentName,
): Promise<Environments & { change(lock: string): void; rebuild(interpreter: Digest | undefined): void }> {
  const { python, folder } = await testEnvironment(name)
  const packages = join(folder, 'lib', 'python3.11', 'site-packages')
  placeOnce(join(packages, 'slipway.pth'), `${pythonPackages}\n`)
  const hook = 'slipway_observed.pth'
  placeOnce(join(packages, hook), readFileSync(join(pythonPackages, hook), 'utf8'))
  let lock = `lock of ${name}`
  let interpreter: Digest | undefined
  const environment = (): Environment => ({
    python: '3.11.2',
    implementation: 'CPython',
    platform: 'linux-x86_64',
    ...(interpreter === undefined ? {} : { interpreter }),
    lockDigest: digestOfText(lock),
    packages: [{ name: 'numpy', version: lock }],
  })
  return {
    status: async () => ({ state: 'ready', environment: environment(), warnings: [] }),
    sync: async () => environment(),
    pythonPath: async () => python,
    lockText: async () => lock,
    packagesBeside: async () => ({ pythonPath: python, folder: null }),
    change: (text) => {
      lock = text
    },
    rebuild: (digest) => {
      interpreter = digest
    },
  }
}

export type ProjectFiles = Readonly<Record<string, string>>

/** Everything that running a project takes, real throughout; `files` null means the project that is there. */
export async function openExecution(
  files: ProjectFiles | null,
  options: {
    readonly environment?: TestEnvironmentName
    readonly folder?: string
    readonly cpus?: number
    readonly trusted?: boolean
    readonly homeFolder?: string
    /** Stands before what is asked of past runs. */
    readonly queriesWith?: (queries: RunQueries) => RunQueries
    /** Stands before the kernel while runs are recorded. */
    readonly recordWith?: (kernel: Kernel) => Kernel
    /** Makes the environment as the product does, instead of taking one that is there. */
    readonly environments?: (project: OpenedProject) => Environments
    /** Where processes of steps come from; without it each is started afresh. */
    readonly warm?: WarmProcesses
  } = {},
) {
  const folder = options.folder ?? join(testFolder('run'), 'project')
  if (options.folder === undefined) mkdirSync(folder)
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const usual = { 'slipway.toml': 'name = "test"\npipeline = ["pipeline.py"]\n' }
  for (const [path, text] of Object.entries(files === null ? {} : { ...usual, ...files })) write(path, text)
  const slipwayFolder = join(folder, '.slipway')
  mkdirSync(slipwayFolder, { recursive: true })
  const database = openProjectDatabase(slipwayFolder)
  const store = await createStore(join(slipwayFolder, 'store'))
  const lineage = createLineageStore(database)
  const recorder = createRecorder({ database, lineage })
  const queries = createRunQueries({ database, store, liveLog: (id) => readLiveLog(slipwayFolder, id) })
  const journal = createProcessJournal(join(slipwayFolder, 'processes'))
  const project = await createProject({
    folder,
    homeFolder: options.homeFolder ?? testFolder('home'),
  })
  if (options.trusted !== false) project.trust()
  const ready = await readyEnvironments(options.environment ?? 'bare')
  const environments = options.environments?.(project) ?? ready
  const kernel = createPythonKernel({ journal, graceMs: 1_000, startProcess: options.warm?.start })
  const execution = createExecution({
    project,
    environments,
    recorder,
    queries: options.queriesWith?.(queries) ?? queries,
    store,
    kernel: options.recordWith?.(kernel) ?? kernel,
    prepare: options.warm?.prepare,
    knownImports: createKnownImports(join(slipwayFolder, 'imports.json')),
    journal,
    slipwayFolder,
    cpus: options.cpus,
  })
  const events: RunEvent[] = []
  recorder.watch((event) => events.push(event))

  /** Runs to the end and gives the run with its steps. */
  async function run(
    request: Partial<RunRequest> & { params?: Readonly<Record<string, JsonValue>> } = {},
    signal?: AbortSignal,
  ) {
    const { runId, done } = await execution.start(
      { steps: [], params: {}, ...request },
      { report: () => undefined, signal: signal ?? new AbortController().signal },
    )
    await done
    const detail = queries.get(runId)
    const states = Object.fromEntries(detail.steps.map((step) => [step.step, step.state]))
    return { ...detail, states }
  }

  const plan = (request: Partial<RunRequest> = {}) => execution.plan({ steps: [], params: {}, ...request })
  return {
    project,
    folder,
    slipwayFolder,
    write,
    database,
    store,
    lineage,
    recorder,
    queries,
    journal,
    kernel,
    changeLock: ready.change,
    /** What the environment is said to run on, by its bytes; unsaid at first. */
    changeInterpreter: ready.rebuild,
    environments,
    execution,
    run,
    plan,
    events,
  }
}
