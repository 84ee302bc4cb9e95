import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { describeWireError } from '../../../core/api/describe-wire-error.ts'
import { type ClientOf, createClient, type RemoteError } from '../../../core/rpc/client.ts'
import { joinTransports } from '../../../core/rpc/join-transports.ts'
import type { Transport } from '../../../core/rpc/message.ts'
import { longestFrameBytes } from '../../../core/rpc/message-frames.ts'
import { createNodeSocketTransport } from '../../../core/rpc/node-socket-transport.ts'
import { query, subscription } from '../../../core/rpc/procedure.ts'
import { serveRouter } from '../../../core/rpc/server.ts'
import { createWebSocketTransport } from '../../../core/rpc/web-socket-transport.ts'

const listeners = new Set<(text: string) => void>()
const router = {
  long: query(z.object({ length: z.number() }), ({ length }) => 'x'.repeat(length)),
  echo: query(z.object({ text: z.string() }), ({ text }) => text.length),
  hear: subscription(z.object({}), (_, emit: (text: string) => void) => {
    listeners.add(emit)
    return () => listeners.delete(emit)
  }),
}
const endings: (() => void | Promise<void>)[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpc-long-'))
  listeners.clear()
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function openSocketPair(): Promise<{ readonly client: Transport; readonly server: Transport }> {
  const address = join(folder, `${endings.length}.sock`)
  const server = createServer()
  await new Promise<void>((done) => server.listen(address, done))
  endings.push(() => new Promise((done) => server.close(() => done())))
  const accepted = new Promise<Transport>((done) =>
    server.once('connection', (socket) => done(createNodeSocketTransport(socket))),
  )
  const client = createNodeSocketTransport(connect(address))
  endings.push(() => client.close())
  return { client, server: await accepted }
}

/** A window in the browser of a project that another process holds: WebSocket, joint, socket. */
async function openBrowserLine(): Promise<{ readonly client: Transport; readonly server: Transport }> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((done) => sockets.once('listening', done))
  endings.push(() => sockets.close())
  const accepted = new Promise<WebSocket>((done) => sockets.once('connection', done))
  const client = createWebSocketTransport(
    new WebSocket(`ws://127.0.0.1:${(sockets.address() as { port: number }).port}`),
  )
  endings.push(() => client.close())
  const inner = await openSocketPair()
  joinTransports(createWebSocketTransport(await accepted), inner.client)
  return { client, server: inner.server }
}

/** The joint cannot pass on what the line after it would refuse. */
async function openJointOfSockets(): Promise<{ readonly client: Transport; readonly server: Transport }> {
  const outer = await openSocketPair()
  const inner = await openSocketPair()
  joinTransports(outer.server, inner.client)
  return { client: outer.client, server: inner.server }
}

const lines = { socket: openSocketPair, browser: openBrowserLine, joint: openJointOfSockets }
const caught = (call: Promise<unknown>) => call.then(() => null).catch((error: RemoteError) => error)

describe.each(Object.entries(lines))('f15 what is longer than a line carries, over a %s', (_, open) => {
  let pair: { readonly client: Transport; readonly server: Transport }
  let api: ClientOf<typeof router>
  beforeEach(async () => {
    pair = await open()
    serveRouter(router, pair.server, describeWireError)
    api = createClient<typeof router>(pair.client)
  })

  it('is a typed answer to who asked, with what to do, and other calls go on', { timeout: 240_000 }, async () => {
    const beside = api.long({ length: 1_000 })
    const refusal = await caught(api.long({ length: longestFrameBytes }))
    expect(refusal?.wire).toMatchObject({
      code: 'host/messageTooLong',
      details: { longestBytes: longestFrameBytes, bytes: expect.any(Number) },
      kept: expect.stringContaining('connection lives on'),
      remedy: expect.stringContaining('Ask for less'),
    })
    expect((await beside).length).toBe(1_000)
    expect((await api.long({ length: longestFrameBytes - 100 })).length).toBe(longestFrameBytes - 100)
  })

  it('ends the subscription that it was announced to, and no other', { timeout: 240_000 }, async () => {
    const heard: string[] = []
    const ended = new Promise<RemoteError | null>((done) => api.hear({}, (text) => heard.push(text), done))
    await until(() => listeners.size === 1)
    for (const emit of listeners) emit('short')
    for (const emit of listeners) emit('x'.repeat(longestFrameBytes))
    expect((await ended)?.code).toBe('host/messageTooLong')
    expect([heard, listeners.size]).toEqual([['short'], 0])
    api.hear({}, (text) => heard.push(text))
    await until(() => listeners.size === 1)
    for (const emit of listeners) emit('again')
    await until(() => heard.length === 2)
    expect(heard).toEqual(['short', 'again'])
  })

  it('as a question is refused before it is sent', { timeout: 240_000 }, async () => {
    const refusal = await caught(api.echo({ text: 'x'.repeat(longestFrameBytes) }))
    expect(refusal?.code).toBe('rpc/messageTooLong')
    expect(describeWireError(refusal)).toMatchObject({
      code: 'host/messageTooLong',
      message: expect.stringContaining('of at most 67.1 MB'),
    })
    expect(await api.echo({ text: 'abc' })).toBe(3)
  })
})

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((done) => setTimeout(done, 5))
  }
}
