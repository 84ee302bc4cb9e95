import { artifactsApi } from './artifacts-api.ts'
import { dataApi } from './data-api.ts'
import { imagesApi } from './images-api.ts'
import { jobsApi } from './jobs-api.ts'
import { modelsApi } from './models-api.ts'
import type { ProjectCore } from './project-core.ts'
import { proofsApi } from './proofs-api.ts'
import { runsApi } from './runs-api.ts'
import { spaceApi } from './space-api.ts'
import { sweepsApi } from './sweeps-api.ts'
import { tablesApi } from './tables-api.ts'
import { workspaceApi } from './workspace-api.ts'

export type ProjectApi = ReturnType<typeof createProjectApi>

/** The whole contract of one open project. */
export function createProjectApi(core: ProjectCore) {
  return {
    ...workspaceApi(core),
    ...runsApi(core),
    ...proofsApi(core),
    ...sweepsApi(core),
    ...artifactsApi(core),
    ...dataApi(core),
    ...modelsApi(core),
    ...imagesApi(core),
    ...tablesApi(core),
    ...spaceApi(core),
    ...jobsApi(core),
  }
}
