import { fileURLToPath } from 'node:url'
import { describeWireError } from '../../core/api/describe-wire-error.ts'
import { createHomeApi } from '../../core/api/home-api.ts'
import { createProjectApi } from '../../core/api/project-api.ts'
import { listPageFiles } from '../../core/hosts/web/page-files.ts'
import { startWebServer } from '../../core/hosts/web/web-server.ts'
import type { Transport } from '../../core/rpc/message.ts'
import { serveRouter } from '../../core/rpc/server.ts'
import { createFixtureCore, type FixtureCore, type FixtureOptions } from './fixture-core.ts'
import { createFixtureHome, type FixtureHomeOptions } from './fixture-home.ts'

const builtPage = fileURLToPath(new URL('../../dist/renderer', import.meta.url))

export type FixtureServer = {
  readonly url: string
  readonly core: FixtureCore
  /** Cuts every line to the window, as a dying core would. */
  dropLines(): void
  close(): Promise<void>
}

/** The built window behind the real web host and the real rpc, with a project in memory. */
export async function serveFixture(
  options: FixtureOptions &
    FixtureHomeOptions & {
      readonly start?: string
      readonly port?: number
      readonly pageFolder?: string
    } = {},
): Promise<FixtureServer> {
  const core = createFixtureCore(options)
  const home = createHomeApi(createFixtureHome(core.project.get(), options))
  const project = createProjectApi(core)
  const peers = new Set<Transport>()
  const server = await startWebServer({
    files: listPageFiles(options.pageFolder ?? process.env.SLIPWAY_PAGE_FOLDER ?? builtPage),
    start: options.start ?? '',
    port: options.port ?? 0,
    serve: (target, peer) => {
      peers.add(peer)
      peer.onClose(() => peers.delete(peer))
      serveRouter(target.kind === 'home' ? home : project, peer, describeWireError)
    },
  })
  return {
    url: server.url,
    core,
    dropLines: () => {
      for (const peer of [...peers]) peer.close()
    },
    close: server.close,
  }
}
