import { join } from 'node:path'
import type { Database } from '../../database/database.ts'
import { openProjectDatabase } from '../../database/open-database.ts'
import type { Datasets } from '../../datasets/datasets.ts'
import { createEnvironments } from '../../environments/create-environments.ts'
import type { Environments } from '../../environments/environments.ts'
import { createLockedEnvironments, type LockedEnvironments } from '../../environments/locked-environments.ts'
import { createKnownImports } from '../../execution/known-imports.ts'
import { createProcessJournal } from '../../execution/process-journal.ts'
import { createPythonKernel } from '../../execution/python-kernel.ts'
import { createExecution, type Execution } from '../../execution/run-project.ts'
import { createWarmProcesses, type WarmProcesses } from '../../execution/warm-processes.ts'
import type { LineageStore } from '../../lineage/lineage.ts'
import { createLineageStore } from '../../lineage/lineage-store.ts'
import { createModels, type Models } from '../../models/create-models.ts'
import { createModelWorker, type ModelWorker } from '../../models/run-model-worker.ts'
import { createProject } from '../../project/open-project.ts'
import { readTomlPlain } from '../../project/toml.ts'
import { createProving, type Proving } from '../../proving/create-proving.ts'
import { createProofStore } from '../../proving/proof-store.ts'
import { createStore } from '../../store/create-store.ts'
import type { Store } from '../../store/store.ts'
import { createSweeps, type Sweeps } from '../../sweeps/create-sweeps.ts'
import { openOptunaSearch } from '../../sweeps/optuna-search.ts'
import { createRecorder } from '../../tracking/create-recorder.ts'
import type { Recorder } from '../../tracking/recorder.ts'
import { createRunQueries } from '../../tracking/run-queries.ts'
import type { RunQueries } from '../../tracking/run-reader.ts'
import type { Assets } from '../assets.ts'
import { createSettingsFile } from '../home/settings-file.ts'
import { openDatasets, withDatasetVersions } from './data-area.ts'
import { pathWithUv, withOwnUv } from './own-uv.ts'
import { readLiveLog } from './read-live-log.ts'
import { type TrustableProject, withSessionTrust } from './session-trust.ts'

/** The collaborators of one open project, each made by its own room of core. */
export type ProjectParts = {
  readonly project: TrustableProject
  readonly slipwayFolder: string
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  readonly datasets: Datasets
  readonly recorder: Recorder
  readonly queries: RunQueries
  readonly environments: Environments
  readonly pastEnvironments: LockedEnvironments
  readonly execution: Execution
  readonly sweeps: Sweeps
  readonly warmProcesses: WarmProcesses
  readonly proving: Proving
  readonly worker: ModelWorker
  readonly models: Models
  /** Who acts, for the record. */
  readonly actor: () => string
}

export async function openParts(
  folder: string,
  options: { readonly homeFolder: string; readonly assets: Assets },
): Promise<ProjectParts> {
  const { homeFolder, assets } = options
  const slipwayFolder = join(folder, '.slipway')
  const settings = createSettingsFile(homeFolder)
  const actor = () => settings.read().displayName
  const project = withSessionTrust(await createProject({ folder, homeFolder }))
  const database = openProjectDatabase(slipwayFolder, {
    migrationsFolder: assets.migrationsFolder,
    shrinkProgram: { entryFile: assets.shrinkProcessEntry, nodePath: assets.nodeBinary },
  })
  try {
    const store = await createStore(join(slipwayFolder, 'store'))
    const lineage = createLineageStore(database)
    const recorder = createRecorder({ database, lineage })
    const queries = createRunQueries({ database, store, liveLog: (id) => readLiveLog(join(slipwayFolder, 'logs'), id) })
    const place = {
      projectFolder: folder,
      pythonPackageFolder: assets.pythonPackageFolder,
      variables: { ...process.env, PATH: pathWithUv(homeFolder, process.env.PATH) },
    }
    const made = createEnvironments({
      ...place,
      settings: async () => (await project.settings()).environment,
      readToml: readTomlPlain,
    })
    const environments = withOwnUv(made, homeFolder)
    const journal = createProcessJournal(join(slipwayFolder, 'processes'))
    const knownImports = createKnownImports(join(slipwayFolder, 'imports.json'))
    const warmProcesses = createWarmProcesses({ known: knownImports })
    const kernel = createPythonKernel({ journal, startProcess: warmProcesses.start })
    const data = openDatasets({ database, store, lineage, project, slipwayFolder, actor }, assets)
    const plain = createExecution({
      project,
      environments,
      recorder,
      queries,
      store,
      kernel,
      prepare: warmProcesses.prepare,
      knownImports,
      journal,
      slipwayFolder,
    })
    const pastEnvironments = createLockedEnvironments(place)
    const proving = createProving({
      project,
      environments: pastEnvironments,
      queries,
      store,
      kernel,
      proofs: createProofStore(database, lineage),
    })
    const execution = withDatasetVersions(plain, data)
    const sweeps = createSweeps({
      database,
      project,
      execution,
      recorder,
      queries,
      openSearch: (plan, before, given) => openOptunaSearch(environments.packagesBeside, plan, before, given),
    })
    const worker = createModelWorker({ entryFile: assets.modelWorkerEntry, nodePath: assets.nodeBinary })
    const datasets = () => project.datasets()
    const models = createModels({ database, store, lineage, queries, worker, actor, datasets })
    return {
      project,
      slipwayFolder,
      database,
      store,
      lineage,
      datasets: data,
      recorder,
      queries,
      environments,
      pastEnvironments,
      execution,
      sweeps,
      warmProcesses,
      proving,
      worker,
      models,
      actor,
    }
  } catch (error) {
    database.close()
    throw error
  }
}
