import type { Job } from '../domain/job.ts'
import type { SpaceRequest, SpaceSurvey } from '../domain/space.ts'
import type { ArtifactsArea, LineageArea } from './artifacts-area.ts'
import type { DataArea, TablesArea } from './data-area.ts'
import type { ImagesArea, RegistryArea } from './images-area.ts'
import type { ModelsArea } from './models-area.ts'
import type { ProofsArea, RunsArea, SweepsArea } from './runs-area.ts'
import type { CoreArea, EnvironmentArea, WorkspaceArea } from './workspace-area.ts'

/** Everything that one open project offers, area by area. Long things answer with the job that does them. */
export type ProjectCore = {
  readonly project: WorkspaceArea
  readonly core: CoreArea
  readonly environment: EnvironmentArea
  readonly runs: RunsArea
  readonly proofs: ProofsArea
  readonly sweeps: SweepsArea
  readonly artifacts: ArtifactsArea
  readonly lineage: LineageArea
  readonly data: DataArea
  readonly models: ModelsArea
  readonly images: ImagesArea
  readonly registry: RegistryArea
  readonly tables: TablesArea
  readonly space: {
    /** Where space went and what nothing needs; changes nothing. */
    survey(request: Pick<SpaceRequest, 'olderThanMs'>): Promise<SpaceSurvey>
    /** Moves that to the trash, and ends what has been there for its time. The job's result is SpaceFreed. */
    clear(request: SpaceRequest): Job
  }
  readonly doctor: { run(repair: boolean): Job }
  readonly journey: { start(): Job }
  readonly jobs: {
    list(): readonly Job[]
    cancel(id: string): void
    watch(emit: (job: Job) => void): () => void
  }
  /** Ends everything that this project runs; resolves when its database is closed and its lock is gone. */
  close(): Promise<void>
}
