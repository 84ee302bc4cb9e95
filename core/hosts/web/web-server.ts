import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { fail } from '../../domain/failure.ts'
import { type CoreTarget, isCoreTarget } from '../../domain/host-bridge.ts'
import type { Transport } from '../../rpc/message.ts'
import { createWebSocketTransport } from '../../rpc/web-socket-transport.ts'
import { isRedemption, type Refusal, refuseRequest, refuseUpgrade } from './admit.ts'
import { protectiveHeaders } from './content-policy.ts'
import type { PageFile } from './page-files.ts'
import { createSessionToken, type SessionToken } from './session-token.ts'

export type WebServer = {
  /** With the one-use code in it. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export type WebServerOptions = {
  readonly files: ReadonlyMap<string, PageFile>
  /** Where the page starts, as a hash. */
  readonly start: string
  readonly port: number
  /** Answers a line that asked for home or for a project. */
  readonly serve: (target: CoreTarget, peer: Transport) => void
}

const loopback = '127.0.0.1'
const longestMessageBytes = 16 * 1024 * 1024
const mostAnswersAtOnce = 128
const mostLines = 64

/** The workbench for a browser on this machine: loopback only, a token at every door. @throws host/portTaken */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 2_000,
  })
  server.maxHeadersCount = 100
  server.maxConnections = 512
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const place = { host: `${loopback}:${port}`, token: createSessionToken(port) }
  const lines = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes, perMessageDeflate: false })
  let answering = 0

  server.on('request', (request, response) => {
    const refusal = refuseRequest(request, place)
    if (refusal) return refuse(response, refusal)
    if (answering >= mostAnswersAtOnce) return refuseBusy(response)
    answering++
    response.once('close', () => answering--)
    if (isRedemption(request)) return redeem(request, response, place.token, options.start)
    answer(request, response, options.files)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuseUpgrade(request, place)
    if (refusal) return refuseSocket(socket, refusal.status)
    const target = targetOf(request.url ?? '')
    if (target === null) return refuseSocket(socket, 404)
    if (lines.clients.size >= mostLines) return refuseSocket(socket, 503)
    lines.handleUpgrade(request, socket, head, (line: WebSocket) => {
      // A broken line is told to both ends by the close that follows.
      line.on('error', () => line.terminate())
      options.serve(target, createWebSocketTransport(line))
    })
  })

  return {
    url: `http://${place.host}/enter?code=${place.token.code}`,
    port,
    async close() {
      for (const line of lines.clients) line.terminate()
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

/** Every address that is a line to core. The tests of the rules for requests are made from this table and the files. */
export const lineRoutes: readonly {
  readonly pattern: RegExp
  readonly example: string
  toTarget(key: string | undefined): CoreTarget
}[] = [
  { pattern: /^\/rpc\/home$/, example: '/rpc/home', toTarget: () => ({ kind: 'home' }) },
  {
    pattern: /^\/rpc\/project\/([^/?#]+)$/,
    example: '/rpc/project/penguins-1a2b',
    toTarget: (key = '') => ({ kind: 'project', key }),
  },
]

function targetOf(url: string): CoreTarget | null {
  for (const { pattern, toTarget } of lineRoutes) {
    const match = pattern.exec(url)
    const target = match && toTarget(match[1])
    if (target && isCoreTarget(target)) return target
  }
  return null
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, refused) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      refused(error.code === 'EADDRINUSE' ? fail('host/portTaken', { port }) : error),
    )
    server.listen({ host: loopback, port, exclusive: true }, done)
  })
}

function answer(request: IncomingMessage, response: ServerResponse, files: ReadonlyMap<string, PageFile>): void {
  const file = files.get((request.url ?? '').split('?')[0] as string)
  if (!file) {
    response.writeHead(404, { ...protectiveHeaders, 'content-type': 'text/plain; charset=utf-8' })
    return void response.end('There is nothing at this address.\n')
  }
  const headers = { ...protectiveHeaders, 'content-type': file.type, etag: file.etag, 'cache-control': 'no-cache' }
  if (request.headers['if-none-match'] === file.etag) return void response.writeHead(304, headers).end()
  const bytes = file.read()
  response.writeHead(200, { ...headers, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/**
 * Changes the code for the cookie, then sends the page on from our own origin: a redirect would still count as the
 * step of whoever linked here, and a strict cookie would not go along.
 */
function redeem(request: IncomingMessage, response: ServerResponse, token: SessionToken, start: string): void {
  const code = new URL(request.url ?? '', 'http://localhost').searchParams.get('code') ?? ''
  const cookie = token.redeem(code)
  // The same browser may come back to an address that it kept.
  if (cookie === null && !token.accepts(request.headers.cookie)) {
    refuse(response, { status: 401, reason: 'This address was used, or is not right. Start Slipway again.' })
    return
  }
  response.writeHead(200, {
    ...protectiveHeaders,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    ...(cookie === null ? {} : { 'set-cookie': cookie }),
  })
  response.end(`<!doctype html><meta http-equiv="refresh" content="0;url=/${start}"><title>Slipway</title>`)
}

function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  response.writeHead(status, {
    ...protectiveHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(`${reason}\n`)
}

function refuseBusy(response: ServerResponse): void {
  response.writeHead(503, { ...protectiveHeaders, 'retry-after': '1', connection: 'close' })
  response.end('Too many requests at once.\n')
}

function refuseSocket(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
