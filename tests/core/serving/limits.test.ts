import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, post, type RunningServer, startServer } from '../../builders/running-server.ts'

const row = { X: [0.5, -1, 2, 0] }
let server: RunningServer

beforeAll(async () => {
  server = await startServer('regressor', {
    SLIPWAY_MAX_BODY_BYTES: '200000',
    SLIPWAY_MAX_ROWS: '500',
    SLIPWAY_HEADERS_TIMEOUT_MS: '700',
    SLIPWAY_REQUEST_TIMEOUT_MS: '900',
  })
})
afterAll(() => server.stop())

const predict = (body: unknown, headers?: Record<string, string>) => post(`${server.url}/predict`, body, headers)

/** Writes bytes as they are and gives everything that comes back until the server closes, or for `forMs`. */
function talk(port: number, bytes: string | Buffer, forMs = 60_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    const timer = setTimeout(() => socket.destroy(), forMs)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
}

/** Asks until the server has seen what else goes on and answers so; asks in vain for a minute at most. */
async function postUntil(status: number, url: string) {
  const end = Date.now() + 60_000
  for (;;) {
    // Dropped, as long as the server has not seen those go who were there.
    const answer = await post(`${url}/predict`, [row]).catch((error: Error) => error)
    if (!(answer instanceof Error) && answer.status === status) return answer
    if (Date.now() > end) throw new Error(`${status} never came`, { cause: answer })
    await sleep(20)
  }
}

const head = (lines: readonly string[]) =>
  `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${lines.join('\r\n')}\r\n\r\n`

describe('b63 and b11: each bad request has its status, and a good one is answered after it', () => {
  it.each<[string, () => Promise<{ status: number }>, number]>([
    ['b63-a body too large', () => predict('x'.repeat(300_000), { 'Content-Type': 'application/json' }), 413],
    ['b11-a gzip bomb', () => predict(gzipSync(Buffer.alloc(50_000_000)), { 'Content-Encoding': 'gzip' }), 413],
    [
      'b11-a body that is not the gzip it claims',
      () => predict(Buffer.from('no'), { 'Content-Encoding': 'gzip' }),
      400,
    ],
    ['an encoding nobody speaks', () => predict(Buffer.from('no'), { 'Content-Encoding': 'br' }), 415],
    ['b63-a wrong content type', () => predict('<x/>', { 'Content-Type': 'application/xml' }), 415],
    ['b29-a pickle content type', () => predict('x', { 'Content-Type': 'application/x-pickle' }), 415],
    ['a foreign charset', () => predict('[]', { 'Content-Type': 'application/json; charset=utf-16' }), 415],
    ['b63-a batch too large', () => predict(Array.from({ length: 501 }, () => [0, 0, 0, 0])), 413],
    ['broken JSON', () => predict('{"rows": [', { 'Content-Type': 'application/json' }), 400],
    ['bytes that are no UTF-8', () => predict(Buffer.from([0x22, 0xff, 0x22]), {}), 400],
    ['b63-NaN in JSON', () => predict('[{"X": [NaN, 1, 1, 1]}]', { 'Content-Type': 'application/json' }), 400],
    [
      'b11-JSON 90000 lists deep',
      () => predict('['.repeat(90_000) + ']'.repeat(90_000), { 'Content-Type': 'application/json' }),
      422,
    ],
    ['an empty body', () => predict('', { 'Content-Type': 'application/json' }), 400],
    ['a broken CSV', () => predict('a,b,c,d\n"1,2,3,4\n', { 'Content-Type': 'text/csv' }), 400],
    ['a wrong verb', () => fetch(`${server.url}/predict`, { method: 'PUT', body: '[]' }), 405],
    ['another wrong verb', () => fetch(`${server.url}/healthz`, { method: 'DELETE' }), 405],
    [
      'headers too large',
      () => fetch(`${server.url}/predict`, { method: 'POST', headers: { 'X-Long': 'x'.repeat(20_000) } }),
      431,
    ],
  ])('%s', async (_, send, status) => {
    expect((await send()).status).toBe(status)
    expect((await predict([row])).status).toBe(200)
  })

  it('says which verbs a path takes', async () => {
    const response = await fetch(`${server.url}/predict`, { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('POST')
    expect((await fetch(`${server.url}/healthz`, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD')
    expect((await fetch(`${server.url}/healthz`, { method: 'HEAD' })).status).toBe(200)
  })

  it.each([
    ['b63-slow headers', 'POST /predict HTTP/1.1\r\nHost: x\r\nX-Slow', /^HTTP\/1\.1 408 /],
    ['b63-a slow body', `${head(['Content-Length: 100'])}[[0,`, /^HTTP\/1\.1 408 /],
    ['b63-an expectation nobody meets', head(['Expect: 200-ok', 'Content-Length: 2']), /^HTTP\/1\.1 417 /],
    [
      'b63-expect with a body too large',
      head(['Expect: 100-continue', 'Content-Length: 999999999']),
      /^HTTP\/1\.1 413 /,
    ],
    ['no HTTP at all', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['two lengths', head(['Content-Length: 2', 'Content-Length: 3']), /^HTTP\/1\.1 400 /],
    ['a length and chunks', head(['Content-Length: 2', 'Transfer-Encoding: chunked']), /^HTTP\/1\.1 400 /],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('%s', async (_, bytes, answer) => {
    expect(await talk(server.port, bytes)).toMatch(answer)
    expect((await predict([row])).status).toBe(200)
  })

  it('b63-expect-continue is met, and the body after it answered', async () => {
    const body = JSON.stringify([row])
    const bytes = `${head(['Expect: 100-continue', `Content-Length: ${body.length}`, 'Connection: close'])}${body}`
    expect(await talk(server.port, bytes)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
  })

  it('takes a body in chunks', async () => {
    const body = JSON.stringify([row])
    const chunks = `${(4).toString(16)}\r\n${body.slice(0, 4)}\r\n${(body.length - 4).toString(16)}\r\n${body.slice(4)}\r\n0\r\n\r\n`
    const bytes = `${head(['Transfer-Encoding: chunked', 'Connection: close'])}${chunks}`
    expect(await talk(server.port, bytes)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it('b63-more connections than allowed are dropped, and the server goes on', async () => {
    const small = await startServer('regressor', { SLIPWAY_MAX_CONNECTIONS: '20' })
    const sockets = Array.from({ length: 200 }, () => connect(small.port, '127.0.0.1').on('error', () => {}))
    const held = () => sockets.filter((socket) => !socket.closed && !socket.readableEnded).length
    for (const end = Date.now() + 60_000; held() > 20 && Date.now() < end; ) await sleep(20)
    expect(held()).toBeLessThanOrEqual(20)
    for (const socket of sockets) socket.destroy()
    await postUntil(200, small.url)
    await small.stop()
  })

  it('b63-a client that leaves in mid-body costs nothing', async () => {
    await talk(server.port, `${head(['Content-Length: 5000'])}[[1,`, 50)
    expect((await predict([row])).status).toBe(200)
    expect(server.log.filter((entry) => entry.event === 'defect')).toEqual([])
  })

  it('b63-many requests on one connection are answered in order', async () => {
    const one = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    expect((await talk(server.port, one.repeat(50) + last)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(51)
  })

  it.each([
    '/',
    '/docs',
    '/debug',
    '/model.onnx',
    '/..%2f..%2fetc/passwd',
    '/v2/repository/index',
    '/%',
    '/v2/models/%ff/infer',
  ])('b66-nothing is at %s', async (path) => {
    expect((await fetch(`${server.url}${path}`)).status).toBe(404)
    expect((await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it('b66-a path that climbs stays a path', async () => {
    const answer = await talk(server.port, 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })
})

describe('overload', () => {
  it('b63-more open requests than allowed answer 503 with Retry-After, and it recovers', async () => {
    const small = await startServer('regressor', { SLIPWAY_MAX_REQUESTS: '4', SLIPWAY_REQUEST_TIMEOUT_MS: '60000' })
    const open = Array.from({ length: 4 }, () => {
      const socket = connect(small.port, '127.0.0.1', () => socket.write(`${head(['Content-Length: 100'])}[`))
      socket.on('error', () => {})
      return socket
    })
    const refused = await postUntil(503, small.url)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await get(`${small.url}/healthz`)).status).toBe(200)
    for (const socket of open) socket.destroy()
    await postUntil(200, small.url)
    await small.stop()
  })

  it('one address beyond its share answers 429', async () => {
    const small = await startServer('regressor', { SLIPWAY_MAX_REQUESTS_PER_CLIENT: '1' })
    const socket = connect(small.port, '127.0.0.1', () => socket.write(`${head(['Content-Length: 100'])}[`))
    socket.on('error', () => {})
    const refused = await postUntil(429, small.url)
    expect(refused.headers.get('retry-after')).toBe('1')
    socket.destroy()
    await small.stop()
  })

  it('b12-a flood is answered with 200 or 503, never anything else, and memory stays bounded', async () => {
    const rows = Array.from({ length: 400 }, () => row)
    const flooded = await startServer('regressor', { SLIPWAY_MAX_REQUESTS: '50', SLIPWAY_MAX_WAITING_ROWS: '2000' })
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async () => (await post(`${flooded.url}/predict`, rows)).status),
    )
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(20)
    expect((await post(`${flooded.url}/predict`, [row])).status).toBe(200)
    const text = await (await fetch(`${flooded.url}/metrics`)).text()
    expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])).toBeLessThan(400 * 1024 * 1024)
    await flooded.stop()
  })
})
