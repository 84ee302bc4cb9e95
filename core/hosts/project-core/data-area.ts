import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DataArea } from '../../api/data-area.ts'
import type { JobBoard } from '../../api/job-board.ts'
import { createDatasets, dataPhases } from '../../datasets/create-datasets.ts'
import type { Datasets } from '../../datasets/datasets.ts'
import { createReadTables } from '../../datasets/read-tables.ts'
import type { StaleReason } from '../../domain/reason.ts'
import type { RunDetail } from '../../domain/run.ts'
import type { Execution } from '../../execution/run-project.ts'
import type { Assets } from '../assets.ts'
import type { ProjectParts } from './open-parts.ts'

/** Datasets and their versions; anything that reads bytes is a job. */
export function createDataArea({ datasets }: ProjectParts, jobs: JobBoard): DataArea {
  const spec = (title: string) => ({ kind: 'data', title, phases: dataPhases, cancellable: true }) as const
  return {
    list: () => datasets.list(),
    show: (dataset) => datasets.show(dataset),
    versions: (name) => datasets.versions(name),
    files: (dataset, page) => datasets.files(dataset, page),
    uses: (name) => datasets.uses(name),
    undeclared: () => datasets.undeclared(),
    declare: (request) => datasets.declare(request),
    diff: (request) =>
      jobs.start(spec(`Compare ${request.name}`), (report, signal) => datasets.diff(request, { report, signal })),
    add: (request) =>
      jobs.start(spec(`Add ${request.name}`), async (report, signal) => {
        const { dataset, ...added } = await datasets.add(request, { report, signal })
        const { files: _, ...version } = dataset
        return { ...added, dataset: version }
      }),
    expect: (name, clear) => datasets.expectSchema(name, clear),
    bring: (from, to) =>
      jobs.start(spec(`Copy ${to}`), (report, signal) => datasets.bring(from, to, { report, signal })),
    openUpload: async (to, sizeBytes, isFolder) => ({ upload: await datasets.openUpload(to, sizeBytes, isFolder) }),
    writeUpload: (upload, offset, bytes, file) => datasets.writeUpload(upload, offset, bytes, file),
    finishUpload: (upload) => datasets.finishUpload(upload),
    dropUpload: (upload) => datasets.dropUpload(upload),
    restore: (dataset, to) =>
      jobs.start(spec(`Restore ${dataset}`), (report, signal) => datasets.restore(dataset, to, { report, signal })),
    export: (dataset, _, file, replaces) =>
      jobs.start(spec(`Export ${dataset}`), () => datasets.export(dataset, file, { replaces })),
  }
}

export function openDatasets(
  parts: Pick<ProjectParts, 'database' | 'store' | 'lineage' | 'project' | 'slipwayFolder' | 'actor'>,
  assets: Assets,
): Datasets {
  const { slipwayFolder } = parts
  return createDatasets({
    ...parts,
    readTables: createReadTables({
      entryFile: assets.datasetWorkerEntry,
      nodePath: assets.nodeBinary,
      temporaryFolder: join(slipwayFolder, 'tmp'),
    }),
    packageFolders: () => packageFolders(join(slipwayFolder, 'environment')),
  })
}

/**
 * Plans say what changed in the data, and a run has ended when the versions that it read are on record, too.
 * What goes wrong there is not the run's failure.
 */
export function withDatasetVersions(execution: Execution, datasets: Datasets): Execution {
  const explain = (reason: StaleReason): StaleReason => {
    if (reason.kind !== 'file' || reason.from === null || reason.to === null) return reason
    const summary = datasets.explainChange(reason.name, reason.from, reason.to)
    return summary === null ? reason : { ...reason, summary }
  }
  return {
    ...execution,
    async plan(request) {
      const plan = await execution.plan(request)
      return { steps: plan.steps.map((step) => ({ ...step, reasons: step.reasons.map(explain) })) }
    },
    async start(request, options) {
      await datasets.assertSchemas()
      const started = await execution.start(request, options)
      const { runId, done, reused } = started
      // Spares a run in which nothing ran from being spelt out at once.
      if (reused && !(await datasets.holdsAny(filesReadIn(reused)))) return started
      return {
        runId,
        done: done.then(async (run) => {
          await datasets.recordRun(runId).catch((error: unknown) => {
            options.report({ phase: 'Run steps', fact: `The versions of its data were not recorded: ${wordOf(error)}` })
          })
          return run
        }),
      }
    },
  }
}

function filesReadIn({ observed }: RunDetail): readonly string[] {
  return Object.values(observed).flatMap(({ filesRead }) => filesRead.map(({ path }) => path))
}

function wordOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function packageFolders(environment: string): readonly string[] {
  if (process.platform === 'win32') return [join(environment, 'Lib', 'site-packages')]
  try {
    return readdirSync(join(environment, 'lib')).map((name) => join(environment, 'lib', name, 'site-packages'))
  } catch {
    return []
  }
}
