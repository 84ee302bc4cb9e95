import { createJobBoard, type JobBoard } from '../api/job-board.ts'
import type { ProjectCore } from '../api/project-core.ts'
import type { Project } from '../domain/project.ts'
import { environmentPhases } from '../environments/environments.ts'
import { openKnownProjects } from '../project/known-projects.ts'
import type { Assets } from './assets.ts'
import { journeyPhases, walkJourney } from './journey.ts'
import { checkProject, doctorPhases } from './project-core/check-project.ts'
import { createCoreArea, type Kept } from './project-core/core-area.ts'
import { createDataArea } from './project-core/data-area.ts'
import { createImagesArea } from './project-core/images-area.ts'
import { createLineageArea } from './project-core/lineage-area.ts'
import { openParts, type ProjectParts } from './project-core/open-parts.ts'
import { createProofsArea } from './project-core/proofs-area.ts'
import { createRunsArea } from './project-core/runs-area.ts'
import { createSpaceArea } from './project-core/space-area.ts'
import { createSweepsArea } from './project-core/sweeps-area.ts'
import { createTablesArea } from './project-core/tables-area.ts'
import { keepReserve } from './reserve.ts'

/**
 * The one core of a project: opens its records, clears up after a core that died, and offers everything by area.
 * Only the holder of the project's lock may call it.
 * @param folder absolute real path, holding a slipway.toml
 */
export async function createProjectCore(
  folder: string,
  options: { readonly homeFolder: string; readonly assets: Assets; readonly kept?: Kept | undefined },
): Promise<ProjectCore> {
  const parts = await openParts(folder, options)
  const jobs = createJobBoard()
  const { database, environments, execution, models, pastEnvironments, project, queries, sweeps } = parts
  if (isWritable(parts)) {
    await execution.recover({ alone: true })
    sweeps.recover()
    keepReserve(parts.slipwayFolder)
  }
  const stopRemembering = rememberRuns(parts, options.homeFolder)
  const describeProject = (found: Project): Project => ({
    ...found,
    readOnly: found.readOnly ?? database.readOnly?.message ?? null,
  })
  const { images, registry, close: closeImages } = createImagesArea(parts, jobs, options)
  const runs = createRunsArea(parts, jobs)
  const { tables, close: closeTables } = createTablesArea(parts, jobs, options.assets)
  const environment: ProjectCore['environment'] = {
    status: () => environments.status(),
    sync() {
      project.assertTrusted()
      project.assertWritable()
      const spec = { kind: 'environment', title: 'Environment', phases: environmentPhases, cancellable: true } as const
      return jobs.start(spec, (report, signal) => environments.sync({ report, signal }))
    },
    kept: () => pastEnvironments.list(),
    clean(names) {
      project.assertWritable()
      return pastEnvironments.clean(names)
    },
  }
  const areas = {
    project: {
      get: () => describeProject(project.get()),
      endTrustForNow: () => project.endTrustForNow(),
      trust: (remember = true) => describeProject(remember ? project.trust() : project.trustForNow()),
      pipeline: (buffers) => project.pipeline(buffers),
      datasets: () => project.datasets(),
      files: () => project.files(),
      readFile: (path) => project.readFile(path),
      writeFile: (path, text, digest) => project.writeFile(path, text, digest),
      recording: async () => (await project.settings()).recording,
      async changeRecording(change) {
        const given = Object.entries(change).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
        const changes = given.map(({ key, value }) => ({ path: ['recording', key], value }))
        return (await project.changeAllSettings(changes)).recording
      },
      watch: (emit) => project.watch(emit),
    },
    core: createCoreArea(options.kept),
    environment,
    runs,
    proofs: createProofsArea(parts, jobs),
    sweeps: createSweepsArea(parts, jobs),
    artifacts: {
      find: async (reference) => queries.findArtifact(reference),
      preview: (reference) => queries.preview(reference),
      read: (digest, offset, length) => queries.read(digest, offset, length),
    },
    lineage: createLineageArea(parts),
    data: createDataArea(parts, jobs),
    models,
    images,
    registry,
    tables,
    space: createSpaceArea(parts, jobs),
  } satisfies Partial<ProjectCore>

  return {
    ...areas,
    doctor: { run: (repair) => startDoctor(parts, jobs, areas.images, repair) },
    journey: { start: () => startJourney(areas, parts, jobs) },
    jobs: { list: jobs.list, cancel: jobs.cancel, watch: jobs.watch },
    async close() {
      await jobs.close()
      parts.warmProcesses.close()
      await parts.datasets.closeUploads()
      await closeTables()
      await closeImages()
      stopRemembering()
      await project.close()
      database.close()
    },
  }
}

function isWritable({ database, project }: ProjectParts): boolean {
  return database.readOnly === null && project.get().readOnly === null
}

function startDoctor(parts: ProjectParts, jobs: JobBoard, images: ProjectCore['images'], repair: boolean) {
  if (repair) parts.project.assertWritable()
  const spec = { kind: 'doctor', title: 'Doctor', phases: doctorPhases, cancellable: true } as const
  return jobs.start(spec, (report, signal) => checkProject(parts, { repair, engine: images.engine, report, signal }))
}

function startJourney(areas: Parameters<typeof walkJourney>[0], parts: ProjectParts, jobs: JobBoard) {
  parts.project.assertTrusted()
  parts.project.assertWritable()
  const spec = { kind: 'journey', title: 'The whole journey', phases: journeyPhases, cancellable: true } as const
  const projectName = parts.project.get().name
  return jobs.start(spec, (report, signal) =>
    walkJourney(areas, { jobs, person: parts.actor(), projectName }, report, signal),
  )
}

/** Home shows how the last run of each known project ended. */
function rememberRuns({ project, recorder }: ProjectParts, homeFolder: string): () => void {
  const known = openKnownProjects(homeFolder)
  const { key } = project.get()
  return recorder.watch((event) => {
    if (event.kind === 'run' && event.run.endedAt !== null) known.noteRun(key, event.run.state)
  })
}
