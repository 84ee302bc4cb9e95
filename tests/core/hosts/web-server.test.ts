import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { listPageFiles } from '../../../core/hosts/web/page-files.ts'
import { lineRoutes, startWebServer, type WebServer } from '../../../core/hosts/web/web-server.ts'
import { query } from '../../../core/rpc/procedure.ts'
import { serveRouter } from '../../../core/rpc/server.ts'

/** What a request came to, read off the wire: browsers and clients would tidy up what is to be tested. */
type Answer = { readonly status: number; readonly head: string; readonly body: string }

const page = mkdtempSync(join(tmpdir(), 'page-'))
mkdirSync(join(page, 'assets'))
writeFileSync(join(page, 'index.html'), '<!doctype html><title>Slipway</title>')
writeFileSync(join(page, 'assets', 'main.js'), 'export {}')
let server: WebServer
let host: string
let cookie: string
let served: string[]

beforeAll(async () => {
  served = []
  server = await startWebServer({
    files: listPageFiles(page),
    start: '',
    port: 0,
    serve: (target, peer) => {
      served.push(JSON.stringify(target))
      serveRouter({ ping: query(z.object({}), () => 'pong') }, peer, (error) => ({ code: 'x', message: String(error) }))
    },
  })
  host = `127.0.0.1:${server.port}`
  const entered = await send('GET', new URL(server.url).pathname + new URL(server.url).search, { Host: host })
  cookie = /set-cookie: ([^;]+)/i.exec(entered.head)?.[1] ?? ''
})
afterAll(async () => {
  await server.close()
  rmSync(page, { recursive: true, force: true })
})

/** Every address that is served, from the server's own tables, and some that are not: the rule is the same for all. */
const files = [...listPageFiles(page).keys()]
const lines = lineRoutes.map((route) => route.example)
const absent = [
  '/nothing',
  '/rpc',
  '/rpc/project/..%2f',
  '/assets/../index.html',
  '/etc/passwd',
  '/enter',
  '/enter?code=',
]
const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

describe('the tables of what is served', () => {
  it('hold the files and the lines', () => {
    expect(files).toEqual(expect.arrayContaining(['/', '/index.html', '/assets/main.js']))
    expect(lines).toHaveLength(2)
  })
})

describe('without the token', () => {
  it.each(verbs.flatMap((verb) => [...files, ...lines, ...absent].map((path) => [verb, path] as const)))(
    'b01-no-token: %s %s answers 401 before any work',
    async (verb, path) => expect((await send(verb, path, { Host: host })).status).toBe(401),
  )

  it.each([
    ['empty', () => 'slipway='],
    ['wrong', () => `${cookie.slice(0, -4)}AAAA`],
    ['shortened', () => cookie.slice(0, -1)],
    ['of another port', () => cookie.replace(/slipway-\d+/, 'slipway-1')],
    ['given twice', () => `${cookie}; ${cookie}`],
  ])('b01-wrong-token: a cookie that is %s answers 401', async (_, wrong) => {
    expect((await send('GET', '/', { Host: host, Cookie: wrong() })).status).toBe(401)
    expect(await openLine('/rpc/home', { Host: host, Origin: `http://${host}`, Cookie: wrong() })).toBe(401)
  })

  it('b01-used-code: the address works once', async () => {
    const { pathname, search } = new URL(server.url)
    expect((await send('GET', pathname + search, { Host: host })).status).toBe(401)
  })

  it.each(lines)('b02-no-token: %s opens no line', async (path) => {
    expect(await openLine(path, { Host: host, Origin: `http://${host}` })).toBe(401)
    expect(await openLine(`/enter?code=abc`, { Host: host, Origin: `http://${host}` })).toBe(401)
  })
})

describe('with the token', () => {
  it.each(files)('serves %s, protected', async (path) => {
    const answer = await send('GET', path, { Host: host, Cookie: cookie })
    expect(answer.status).toBe(200)
    expect(answer.head).toMatch(/frame-ancestors 'none'/)
    expect(answer.head).toMatch(/x-content-type-options: nosniff/i)
    expect(answer.head).toMatch(/cross-origin-resource-policy: same-origin/i)
    expect(answer.head).not.toMatch(/unsafe-eval|access-control-/i)
  })

  it.each(absent.filter((path) => !path.startsWith('/enter')))('%s does not exist', async (path) =>
    expect((await send('GET', path, { Host: host, Cookie: cookie })).status).toBe(404),
  )

  it.each(['https://evil.example', 'null', 'http://localhost:3000', 'http://127.0.0.1:1', ''])(
    'b02-origin: opens no line for a page of %j',
    async (origin) => expect(await openLine('/rpc/home', { Host: host, Origin: origin, Cookie: cookie })).toBe(403),
  )

  it('b02-no-origin: opens no line for whoever names no page', async () =>
    expect(await openLine('/rpc/home', { Host: host, Cookie: cookie })).toBe(403))

  it.each([
    'evil.example',
    '10.evil.example',
    'localhost',
    'localhost.',
    '0.0.0.0:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost:PORT',
    'localhost:PORT.evil.example',
    '',
  ])('b03-host: %j is not served', async (name) => {
    const Host = name.replace('PORT', String(server.port))
    expect([400, 421]).toContain((await send('GET', '/', { Host, Cookie: cookie })).status)
  })

  it('b03-two-hosts: a request with two is not served', async () => {
    const text = `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`
    expect([400, 421]).toContain((await sendText(text)).status)
  })

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ Origin: 'https://evil.example' }],
    [{ Origin: 'http://localhost:3000' }],
  ])('b04-b07-foreign-page: refuses %j', async (headers) => {
    for (const verb of verbs) {
      expect((await send(verb, '/', { Host: host, Cookie: cookie, ...headers })).status).toBe(403)
    }
  })

  it.each(verbs.filter((verb) => verb !== 'GET' && verb !== 'HEAD'))('b05-verb: %s changes nothing', async (verb) => {
    const headers = { Host: host, Cookie: cookie, 'X-HTTP-Method-Override': 'GET' }
    expect((await send(verb, '/', headers)).status).toBe(405)
  })

  it('b08-no-cors: no answer carries a CORS header, whatever is asked', async () => {
    const headers = { Host: host, Cookie: cookie, Origin: `http://${host}`, 'Access-Control-Request-Method': 'PUT' }
    for (const verb of verbs) expect((await send(verb, '/', headers)).head).not.toMatch(/access-control-/i)
  })

  it('b09-token-not-told: no answer repeats the cookie', async () => {
    const secret = cookie.split('=')[1] as string
    for (const path of [...files, ...absent, `/${secret}`]) {
      const answer = await send('GET', path, { Host: host, Cookie: cookie })
      expect(answer.head + answer.body).not.toContain(secret)
    }
  })

  it('b11-big-head: a head of 1 MB answers 431', async () =>
    expect((await send('GET', '/', { Host: host, Cookie: cookie, 'X-Long': 'x'.repeat(1_000_000) })).status).toBe(431))

  it.each([
    [{ 'Content-Length': '10000000000' }],
    [{ 'Transfer-Encoding': 'chunked' }],
    [{ 'Content-Length': '1', 'Content-Encoding': 'gzip' }],
  ])('b11-body: refuses %j', async (headers) =>
    expect((await send('GET', '/', { Host: host, Cookie: cookie, ...headers })).status).toBe(413),
  )

  it('b11-long-message: a message of 20 MB ends its line and nothing else', async () => {
    const line = new WebSocket(`ws://${host}/rpc/home`, { headers: { Cookie: cookie, Origin: `http://${host}` } })
    await new Promise((done) => line.once('open', done))
    const closed = new Promise((done) => line.once('close', done))
    line.on('error', () => undefined)
    line.send(JSON.stringify({ t: 'call', id: 1, path: 'ping', input: 'x'.repeat(20_000_000) }))
    await closed
    expect((await send('GET', '/', { Host: host, Cookie: cookie })).status).toBe(200)
  })

  it.each(['{', '[]', '{"t":"call"}', '{"t":"call","id":1e99,"path":"ping"}', '{"t":"result","id":1}'])(
    'b41-bad-message: %s ends its line',
    async (text) => {
      const line = new WebSocket(`ws://${host}/rpc/home`, { headers: { Cookie: cookie, Origin: `http://${host}` } })
      await new Promise((done) => line.once('open', done))
      const closed = new Promise((done) => line.once('close', done))
      line.send(text)
      await closed
    },
  )

  it('b12-many: answers or defers 2,000 requests at once, and answers afterwards', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 2_000 }, () => send('GET', '/', { Host: host, Cookie: cookie })),
    )
    const statuses = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.status] : []))
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect((await send('GET', '/', { Host: host, Cookie: cookie })).status).toBe(200)
  })

  it('carries calls to what the address names', async () => {
    served.length = 0
    const line = new WebSocket(`ws://${host}/rpc/project/penguins-1a2b`, {
      headers: { Cookie: cookie, Origin: `http://${host}` },
    })
    await new Promise((done) => line.once('open', done))
    line.send(JSON.stringify({ t: 'call', id: 7, path: 'ping', input: {} }))
    const answer = await new Promise<Buffer>((done) => line.once('message', done))
    expect(JSON.parse(String(answer))).toEqual({ t: 'result', id: 7, value: 'pong' })
    expect(served).toEqual(['{"kind":"project","key":"penguins-1a2b"}'])
    line.terminate()
  })
})

describe('starting', () => {
  it('f32-port-taken: names the port that is taken', async () => {
    const again = startWebServer({ files: new Map(), start: '', port: server.port, serve: () => undefined })
    await expect(again).rejects.toMatchObject({ code: 'host/portTaken', details: { port: server.port } })
  })

  it('names what has to be built when the page is not there', () =>
    expect(() => listPageFiles(join(page, 'absent'))).toThrowError(/not been built/))
})

function send(verb: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const head = Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return sendText(`${verb} ${path} HTTP/1.1\r\n${head.join('')}\r\n`)
}

function sendText(text: string): Promise<Answer> {
  return new Promise((done, refuse) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', (error) => (answer === '' ? refuse(error) : undefined))
    socket.on('close', () => {
      const [head = '', ...body] = answer.split('\r\n\r\n')
      done({ status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n') })
    })
  })
}

/** The status that an upgrade came to; 101 is an open line. */
async function openLine(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  return (await send('GET', path, { ...upgrade, ...headers })).status
}
