import type { HomeCore } from '../api/home-core.ts'
import { isFailure } from '../domain/failure.ts'
import type { Project } from '../domain/project.ts'
import type { Assets } from './assets.ts'
import { keepCoresAfter } from './keep-after.ts'
import { openProject } from './open-project.ts'
import { createTargetServer } from './target-server.ts'
import { startWebHost } from './web.ts'

export type Workbench = {
  readonly url: string
  /** @returns what there is to say of what is left behind */
  close(): Promise<readonly string[]>
}

/** The browser host, on the project to be shown. */
export async function openWorkbench(options: {
  readonly folder: string | null
  readonly port: number
  readonly homeFolder: string
  readonly assets: Assets
  readonly home: HomeCore
}): Promise<Workbench> {
  const { home, assets } = options
  const project = await findShownProject(home, options.folder)
  const targets = createTargetServer({ home, openProject: (found) => openProject(found, options) })
  const host = await startWebHost({
    pageFolder: assets.pageFolder,
    targets,
    projectKey: project?.key ?? null,
    port: options.port,
  })
  // While a browser starts the project can open.
  if (project !== null) setImmediate(() => targets.openAhead(project.key))
  return {
    url: host.url,
    async close() {
      await host.close()
      return keepCoresAfter(await targets.close(), home.settings, assets)
    },
  }
}

/** The project asked for, else the one around the current folder; null shows home. */
export async function findShownProject(home: HomeCore, folder: string | null): Promise<Project | null> {
  if (folder !== null) return home.open(folder)
  try {
    return await home.open(process.cwd())
  } catch (error) {
    if (isFailure(error, 'project/notFound')) return null
    throw error
  }
}
