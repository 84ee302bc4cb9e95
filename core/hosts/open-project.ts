import type { Assets } from './assets.ts'
import { openProjectConnection, type ProjectConnection } from './project-connection.ts'

/** A line to the project's one core. What core is made of loads only where the core comes to live. */
export function openProject(
  folder: string,
  options: { readonly homeFolder: string; readonly assets: Assets },
): Promise<ProjectConnection> {
  return openProjectConnection(folder, {
    version: options.assets.version,
    createCore: async (found) => (await import('./create-project-core.ts')).createProjectCore(found, options),
  })
}
