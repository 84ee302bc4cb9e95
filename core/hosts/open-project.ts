import { findProjectFolder } from '../project/find-project.ts'
import type { Assets } from './assets.ts'
import type { PeerKind } from './peers.ts'
import { openProjectConnection, type ProjectConnection } from './project-connection.ts'
import type { Kept } from './project-core/core-area.ts'

/**
 * A line to the one core of the project in `folder` or the nearest above it. What core is made of loads only where
 * the core comes to live.
 */
export async function openProject(
  folder: string,
  options: {
    readonly homeFolder: string
    readonly assets: Assets
    readonly kind?: PeerKind
    readonly kept?: Kept
    readonly beforeHolding?: () => Promise<void>
  },
): Promise<ProjectConnection> {
  return openProjectConnection(findProjectFolder(folder), {
    version: options.assets.version,
    kind: options.kind ?? 'host',
    kept: options.kept && { idleMs: options.kept.idleMs },
    beforeHolding: options.beforeHolding,
    createCore: async (found) => (await import('./create-project-core.ts')).createProjectCore(found, options),
  })
}
