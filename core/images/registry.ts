import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fail } from '../domain/failure.ts'
import type { Store } from '../store/store.ts'
import { createPublishedImages, type PublishedImages } from './published-images.ts'
import { isRepository } from './reference.ts'
import { answerWith, type RegistryAnswer, RegistryRefusal, toRefusalAnswer } from './registry-answer.ts'
import { type AllowManifest, createRegistryRoutes } from './registry-routes.ts'
import { createRegistryUploads } from './registry-uploads.ts'

export type EmbeddedRegistry = {
  readonly published: PublishedImages
  /** Null while it is stopped. */
  host(): string | null
  /** Listens on loopback, at `port` when it is free, else at a free one. A running one answers where it is. */
  start(port?: number): Promise<{ readonly host: string; readonly url: string }>
  stop(): Promise<void>
}

const loopback = '127.0.0.1'

/**
 * The project's store as a registry for this computer, so that `docker pull 127.0.0.1:PORT/name:tag` works. Only what
 * was pushed to it can be seen; the store's other bytes cannot. Requests of web pages are refused.
 */
export function createEmbeddedRegistry(options: {
  readonly store: Store
  readonly allowManifest: AllowManifest
}): EmbeddedRegistry {
  const { store, allowManifest } = options
  const published = createPublishedImages(store)
  const uploads = createRegistryUploads(store)
  const routes = createRegistryRoutes({ store, published, uploads, allowManifest })
  let running: { readonly server: Server; readonly host: string } | null = null
  let starting: Promise<void> | null = null

  async function answer(message: IncomingMessage): Promise<RegistryAnswer> {
    const method = message.method ?? 'GET'
    refuseStrangers(message, running?.host ?? '')
    const url = new URL(message.url ?? '/', 'http://registry')
    if (url.pathname === '/v2/' || url.pathname === '/v2')
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
    const match =
      /^\/v2\/(.+)\/(?:(manifests|referrers)\/([^/]+)|(tags)\/(list)|(blobs)\/(uploads\/?[^/]*|[^/]+))$/.exec(
        url.pathname,
      )
    if (!match) throw new RegistryRefusal('NAME_UNKNOWN', 'there is nothing of that name')
    const [repository, kind, rest] = match.slice(1).filter((part) => part !== undefined) as [
      string,
      keyof typeof routes,
      string,
    ]
    if (!isRepository(repository)) throw new RegistryRefusal('NAME_INVALID', `"${repository}" is no repository name`)
    return routes[kind]({ message, method, repository, query: url.searchParams }, rest)
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = message.method ?? 'GET'
    try {
      answerWith(response, method, await answer(message))
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy()
      const refusal = error instanceof RegistryRefusal ? toRefusalAnswer(error) : { status: 500, body: '' }
      answerWith(response, method, { ...refusal, headers: { ...refusal.headers, connection: 'close' } })
    }
    message.resume()
  }

  async function listen(port: number): Promise<void> {
    const server = createServer({ requestTimeout: 0 }, (message, response) => void serve(message, response))
    const wanted = await tryListen(server, port)
    if (!wanted) await tryListen(server, 0)
    running = { server, host: `${loopback}:${(server.address() as AddressInfo).port}` }
  }

  return {
    published,
    host: () => running?.host ?? null,
    async start(port = 0) {
      if (!running) starting ??= listen(port).finally(() => (starting = null))
      await starting
      const host = (running as unknown as { host: string }).host
      return { host, url: `http://${host}` }
    },
    async stop() {
      await starting?.catch(() => undefined)
      const last = running
      running = null
      await new Promise<void>((done) => {
        if (!last) return done()
        last.server.close(() => done())
        last.server.closeAllConnections()
      })
      await uploads.close()
    },
  }
}

/** Another name that leads here is another site's; a browser says where it comes from. */
function refuseStrangers(message: IncomingMessage, host: string): void {
  const port = host.slice(host.lastIndexOf(':'))
  const known = [`${loopback}${port}`, `localhost${port}`]
  if (!known.includes(message.headers.host ?? ''))
    throw new RegistryRefusal('DENIED', 'this registry answers only under its own address')
  const site = message.headers['sec-fetch-site']
  if (message.headers.origin !== undefined || (site !== undefined && site !== 'none'))
    throw new RegistryRefusal('DENIED', 'this registry does not answer web pages')
}

/** False when somebody else has the port. */
function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(false)
      else reject(fail('images/registryUnreachable', { registry: `${loopback}:${port}`, cause: error.code ?? '' }))
    }
    server.once('error', refused)
    server.listen({ port, host: loopback }, () => {
      server.off('error', refused)
      resolve(true)
    })
  })
}
