import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { type ClientOf, createClient, type RemoteError } from '../../../core/rpc/client.ts'
import { createInProcessPair } from '../../../core/rpc/in-process-transport.ts'
import { joinTransports } from '../../../core/rpc/join-transports.ts'
import type { Transport } from '../../../core/rpc/message.ts'
import { asBytes, packMessage, toTextAndParts, unpackMessage } from '../../../core/rpc/message-bytes.ts'
import { createFrameReader, longestFrameBytes, toFrame } from '../../../core/rpc/message-frames.ts'
import { createMessagePortTransport } from '../../../core/rpc/message-port-transport.ts'
import { createNodeSocketTransport } from '../../../core/rpc/node-socket-transport.ts'
import { command, query, subscription } from '../../../core/rpc/procedure.ts'
import { serveRouter } from '../../../core/rpc/server.ts'
import { createWebSocketTransport } from '../../../core/rpc/web-socket-transport.ts'

const state = { listeners: 0, count: 0 }
const router = {
  echo: query(z.object({ text: z.string() }), ({ text }) => text),
  inner: { add: command(z.object({ by: z.number() }), ({ by }) => (state.count += by)) },
  column: query(z.object({ length: z.number() }), ({ length }) => columnOf(length)),
  refuse: query(z.object({}), () => {
    throw new Error('no')
  }),
  never: query(z.object({}), () => new Promise<string>(() => undefined)),
  ticks: subscription(z.object({ upTo: z.number() }), ({ upTo }, emit: (tick: number) => void) => {
    state.listeners++
    for (let tick = 1; tick <= upTo; tick++) emit(tick)
    return () => state.listeners--
  }),
}
/** Numbers as they are in memory, among things that JSON has, and one that looks like a mark. */
function columnOf(length: number) {
  const values = Float64Array.from({ length }, (_, at) => at / 7)
  return {
    values: asBytes(new Uint8Array(values.buffer)),
    has: length === 0 ? null : asBytes(Uint8Array.of(0, 255, 128)),
    words: ['é 🐧', '', null, { $bytes: 99 }],
  }
}
const describeError = (error: unknown) => ({ code: 'test/refused', message: String((error as Error).message) })

type Pair = { readonly client: Transport; readonly server: Transport }
const endings: (() => void | Promise<void>)[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpc-'))
  state.listeners = 0
  state.count = 0
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** The same promises hold on every line that a host may use. */
const lines: Readonly<Record<string, () => Promise<Pair>>> = {
  'in one process': async () => {
    const [client, server] = createInProcessPair()
    return { client, server }
  },
  'over a Unix socket': openSocketPair,
  'over a WebSocket': async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((done) => sockets.once('listening', done))
    endings.push(() => sockets.close())
    const accepted = new Promise<WebSocket>((done) => sockets.once('connection', done))
    const socket = new WebSocket(`ws://127.0.0.1:${(sockets.address() as { port: number }).port}`)
    const client = createWebSocketTransport(socket)
    return { client, server: createWebSocketTransport(await accepted) }
  },
  'over a MessagePort': async () => {
    const { port1, port2 } = new MessageChannel()
    endings.push(() => port1.close())
    // Node's own ports give the value itself; those of windows and of the shell wrap it in an event.
    const wrap = (port: typeof port1) => ({
      postMessage: (message: unknown) => port.postMessage(message),
      start: () => port.start(),
      close: () => port.close(),
      on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
        port.on(event, (data: unknown) => listener({ data }))
      },
    })
    return { client: createMessagePortTransport(wrap(port1)), server: createMessagePortTransport(wrap(port2)) }
  },
  'through a joint of two lines': async () => {
    const outer = await openSocketPair()
    const [middle, server] = createInProcessPair()
    joinTransports(outer.server, middle)
    return { client: outer.client, server }
  },
}

async function openSocketPair(): Promise<Pair> {
  const address = join(folder, `${endings.length}.sock`)
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(address, done))
  endings.push(() => new Promise((done) => server.close(() => done())))
  const accepted = new Promise<Transport>((done) =>
    server.once('connection', (socket) => done(createNodeSocketTransport(socket))),
  )
  const client = createNodeSocketTransport(connect(address))
  endings.push(() => client.close())
  return { client, server: await accepted }
}

describe.each(Object.entries(lines))('calls %s', (_, open) => {
  let pair: Pair
  let api: ClientOf<typeof router>

  beforeEach(async () => {
    pair = await open()
    serveRouter(router, pair.server, describeError)
    api = createClient<typeof router>(pair.client)
  })

  it('answers queries and commands, many at once, each with its own', async () => {
    const texts = Array.from({ length: 100 }, (__, index) => `text ${index} é 🐧`)
    expect(await Promise.all(texts.map((text) => api.echo({ text })))).toEqual(texts)
    expect(await api.inner.add({ by: 2 })).toBe(2)
  })

  it('carries an answer of 8 MB', async () => {
    const text = 'x'.repeat(8 * 1024 * 1024)
    expect((await api.echo({ text })).length).toBe(text.length)
  })

  it('carries bytes as they are, beside calls that have none', async () => {
    const [text, column, none] = await Promise.all([
      api.echo({ text: 'before' }),
      api.column({ length: 100_000 }),
      api.column({ length: 0 }),
    ])
    expect(text).toBe('before')
    expect(column.values).toBeInstanceOf(Uint8Array)
    const values = new Float64Array(new Uint8Array(column.values).buffer)
    expect([values.length, values[0], values[1], values[99_999]]).toEqual([100_000, 0, 1 / 7, 99_999 / 7])
    expect(Array.from(column.has ?? [])).toEqual([0, 255, 128])
    expect(column.words).toEqual(['é 🐧', '', null, { $bytes: 99 }])
    expect([none.values.byteLength, none.has]).toEqual([0, null])
  })

  it('refuses what the schema refuses, what throws, and what does not exist', async () => {
    await expect(api.echo({ text: 1 } as never)).rejects.toMatchObject({ code: 'test/refused' })
    await expect(api.refuse({})).rejects.toMatchObject({ code: 'test/refused', message: 'no' })
    const strange = api as unknown as { __proto__x: { y: (input: object) => Promise<unknown> } }
    await expect(strange.__proto__x.y({})).rejects.toMatchObject({ code: 'test/refused' })
  })

  it('b41-flood: refuses calls past a thousand open ones, and answers again when the line is new', async () => {
    const calls = Array.from({ length: 1_000 }, () => api.never({}).catch((error: RemoteError) => error.code))
    await expect(api.echo({ text: 'one more' })).rejects.toMatchObject({ code: 'rpc/tooManyCalls' })
    pair.client.close()
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['rpc/connectionLost']))
  })

  it('announces to a listener until it leaves', async () => {
    const seen: number[] = []
    const leave = api.ticks({ upTo: 3 }, (tick) => seen.push(tick))
    await until(() => seen.length === 3)
    expect([seen, state.listeners]).toEqual([[1, 2, 3], 1])
    leave()
    await until(() => state.listeners === 0)
  })

  it('refuses every open call when the line is lost, and stops the listeners behind it', async () => {
    const call = api.never({})
    const ended = new Promise<RemoteError | null>((done) => api.ticks({ upTo: 1 }, () => undefined, done))
    await until(() => state.listeners === 1)
    pair.client.close()
    await expect(call).rejects.toMatchObject({ code: 'rpc/connectionLost' })
    expect((await ended)?.code).toBe('rpc/connectionLost')
    await expect(api.echo({ text: 'late' })).rejects.toMatchObject({ code: 'rpc/connectionLost' })
    await until(() => state.listeners === 0)
  })
})

describe('frames', () => {
  it('come out whole, however the bytes were cut', () => {
    const messages = [{ a: 1 }, 'é', { long: 'x'.repeat(5000) }, { raw: asBytes(Uint8Array.of(0, 1, 2)) }, null]
    const bytes = Buffer.concat(messages.map(toFrame))
    for (const size of [1, 2, 3, 7, 64, bytes.length]) {
      const seen: unknown[] = []
      const read = createFrameReader((message) => seen.push(message))
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
      expect(seen.map(plainly)).toEqual(messages.map(plainly))
    }
  })

  it('b41-bytes: a message whose parts are not as its head says is refused', () => {
    const good = packMessage(toTextAndParts({ t: 'result', raw: asBytes(Uint8Array.of(1, 2, 3)) }, 1_000))
    expect(plainly(unpackMessage(good))).toEqual({ t: 'result', raw: [1, 2, 3] })
    const headed = (head: string, ...rest: number[]) => {
      const bytes = Buffer.from(head)
      return Buffer.concat([Buffer.of(0, 0, 0, bytes.length), bytes, Buffer.from(rest)])
    }
    const broken: readonly Uint8Array[] = [
      new Uint8Array(0),
      good.subarray(0, 3),
      good.subarray(0, 9),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.of(4)]),
      headed('[{"raw":{"$bytes":0}},[-3]]'),
      headed('[{"raw":{"$bytes":0}},["3"]]', 1, 2, 3),
      headed('[{"raw":{"$bytes":0}},[9007199254740993]]', 1, 2, 3),
      headed('{"raw":1}'),
      headed('[1'),
    ]
    for (const bytes of broken) expect(() => unpackMessage(bytes)).toThrow(/./)
    expect(unpackMessage(headed('[{"raw":{"$bytes":7},"__proto__":{"a":1}},[]]'))).toMatchObject({ raw: { $bytes: 7 } })
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false)
  })

  it('bytes are never put into JSON by hand', () => {
    expect(() => JSON.stringify({ raw: asBytes(Uint8Array.of(1)) })).toThrow(TypeError)
  })

  it('b41-length: one that claims too much is refused before it is read', () => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(longestFrameBytes + 1)
    expect(() => createFrameReader(() => undefined)(head)).toThrow(RangeError)
  })

  it('b41-not-json: bytes that are no JSON end the line', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(join(folder, 'raw.sock'), done))
    endings.push(() => void server.close())
    const line = new Promise<Transport>((done) =>
      server.once('connection', (socket) => done(createNodeSocketTransport(socket))),
    )
    const raw = connect(join(folder, 'raw.sock'))
    raw.on('error', () => undefined)
    const closed = new Promise<void>((done, refuse) => line.then((found) => found.onClose(done), refuse))
    raw.write(Buffer.from([0, 0, 0, 1, 0x7b]))
    await closed
  })
})

/** Bytes as numbers, whatever kind of array holds them. */
function plainly(message: unknown): unknown {
  if (message === null || typeof message !== 'object') return message
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => [key, value instanceof Uint8Array ? Array.from(value) : value]),
  )
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((done) => setTimeout(done, 5))
  }
}
