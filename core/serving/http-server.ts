import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Admission } from './admission.ts'
import { compressAnswer } from './compress-answer.ts'
import type { ServingLimits } from './limits.ts'
import type { LogLine } from './log-line.ts'
import type { BodyReader } from './read-body.ts'
import { Refusal } from './refusal.ts'
import { type Answer, answerJson, createFindRoute, type Route } from './route.ts'

export type HttpServerOptions = {
  readonly routes: readonly Route[]
  readonly limits: ServingLimits
  readonly bodies: BodyReader
  readonly admission: Admission
  readonly log: LogLine
  readonly isDraining: () => boolean
  readonly onAnswered: (request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly durationMs: number
  }) => void
}

/** How long what a refused client still sends is thrown away, so that it gets to read the refusal. */
const lingerMs = 1000

/** One request in, one answer out: every refusal, limit and header in one place, no knowledge of models. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { limits, bodies, admission, log } = options
  const findRoute = createFindRoute(options.routes)
  let lastRequest = 0

  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
  })
  server.maxConnections = limits.maxConnections
  server.timeout = limits.requestTimeoutMs + limits.keepAliveTimeoutMs
  server.on('request', (request, response) => void serve(request, response))
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (bodies.refuseEarly(request) === null) response.writeContinue()
    void serve(request, response)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    void send(request, response, toAnswer(new Refusal(417, 'only Expect: 100-continue is met')))
  })
  server.on('clientError', refuseBrokenRequest)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now()
    const id = readRequestId(request) ?? `${process.pid}-${++lastRequest}`
    const method = request.method ?? 'GET'
    const path = (request.url ?? '/').split('?', 1)[0] as string
    const match = findRoute(method, path)
    const route = match.kind === 'found' ? match.route.path : match.kind === 'otherMethod' ? match.path : 'unknown'
    let answer: Answer
    let problem: string | null = null
    try {
      if (match.kind === 'none') throw new Refusal(404, 'there is nothing at this path')
      if (match.kind === 'otherMethod')
        throw new Refusal(405, `${method} is not answered here`, {}, { Allow: match.allow.join(', ') })
      const leave = match.route.method === 'POST' ? admission.enter(request.socket.remoteAddress ?? '') : null
      try {
        answer = await match.route.answer({
          headers: request.headers,
          params: match.params,
          readBody: () => bodies.read(request),
        })
      } finally {
        leave?.()
      }
    } catch (error) {
      if (request.destroyed && !request.complete) return
      if (!(error instanceof Refusal))
        log('defect', { id, route, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      answer = toAnswer(error)
      problem = error instanceof Refusal ? error.message : 'defect'
    }
    await send(request, response, answer, id)
    const durationMs = performance.now() - startedAt
    if (problem !== null)
      log('refused', { id, method, route, status: answer.status, durationMs: Math.round(durationMs) })
    options.onAnswered({ method, route, status: answer.status, durationMs })
  }

  async function send(request: IncomingMessage, response: ServerResponse, given: Answer, id?: string): Promise<void> {
    const answer = await compressAnswer(given, request.headers['accept-encoding'])
    const unread = !request.complete
    response.writeHead(answer.status, {
      ...answer.headers,
      'Content-Length': Buffer.byteLength(answer.body),
      'X-Content-Type-Options': 'nosniff',
      ...(id === undefined ? {} : { 'X-Request-Id': id }),
      ...(unread || options.isDraining() ? { Connection: 'close' } : {}),
    })
    if (!unread) {
      response.end(answer.body)
      return
    }
    if (request.method !== 'HEAD') response.write(answer.body)
    await discardRest(request)
    response.end()
  }

  return server
}

function toAnswer(error: unknown): Answer {
  if (error instanceof Refusal) return answerJson(error.status, { error: error.message, ...error.place }, error.headers)
  return answerJson(500, { error: 'the server failed on this request; its log says why' })
}

function readRequestId(request: IncomingMessage): string | null {
  const id = request.headers['x-request-id']
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? id : null
}

function discardRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lingerMs)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.once('end', done).once('close', done).once('error', done).resume()
  })
}

const brokenRequests: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are larger than this server takes'],
}

/** What never became a request: Node hands over the bare socket. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'this is not an HTTP request']
  const body = JSON.stringify({ error: message })
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
