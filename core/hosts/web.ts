import type { TargetServer } from './target-server.ts'
import { listPageFiles } from './web/page-files.ts'
import { startWebServer, type WebServer } from './web/web-server.ts'

/** The browser host: the built page and lines to core, for a browser on this machine. */
export function startWebHost(options: {
  readonly pageFolder: string
  readonly targets: TargetServer
  /** The project to show first; null shows home. */
  readonly projectKey: string | null
  readonly port: number
}): Promise<WebServer> {
  return startWebServer({
    files: listPageFiles(options.pageFolder),
    start: options.projectKey === null ? '' : `#/project/${options.projectKey}/build`,
    port: options.port,
    serve: options.targets.serve,
  })
}
