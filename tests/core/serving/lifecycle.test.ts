import { spawn } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { builtModel, writeModelFolder } from '../../builders/built-models.ts'
import { get, post, serverEntry, startServer } from '../../builders/running-server.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const row = { X: [0.5, -1, 2, 0] }

describe('shutting down', () => {
  it('b65-SIGTERM under load: unready at once, every accepted request answered, exit 0', async () => {
    const server = await startServer('regressor', { SLIPWAY_DRAIN_DELAY_MS: '3000' })
    const statuses: number[] = []
    let refused = 0
    let stop = false
    const load = Array.from({ length: 8 }, async () => {
      while (!stop)
        await post(`${server.url}/predict`, [row, row]).then(
          ({ status }) => statuses.push(status),
          () => {
            refused += 1
            return sleep(20)
          },
        )
    })
    while (statuses.length < 8) await sleep(10)
    server.child.kill('SIGTERM')
    await server.logged('draining')
    const ready = await get(`${server.url}/readyz`)
    expect(ready).toMatchObject({ status: 503, body: { reason: 'the server is shutting down' } })
    expect((await get(`${server.url}/v2/health/ready`)).status).toBe(503)
    expect((await get(`${server.url}/healthz`)).status).toBe(200)
    const before = statuses.length
    while (statuses.length < before + 8 && refused === 0) await sleep(10)
    expect(refused).toBe(0)
    expect(await server.ended).toEqual({ code: 0, signal: null })
    stop = true
    await Promise.all(load)
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  it('b65-SIGTERM twice ends the wait and still exits 0', async () => {
    const server = await startServer('regressor', { SLIPWAY_DRAIN_DELAY_MS: '60000' })
    server.child.kill('SIGTERM')
    await server.logged('draining')
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
  })

  it('b65-SIGTERM during model load exits 0', async () => {
    const server = await startServer('drifting', {}, { until: 'listening' })
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
  })

  it('b65-SIGTERM while a body is still coming does not wait for ever', async () => {
    const server = await startServer('regressor', { SLIPWAY_GRACE_MS: '500', SLIPWAY_DRAIN_DELAY_MS: '0' })
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n['),
    )
    socket.on('error', () => {})
    await sleep(200)
    server.child.kill('SIGTERM')
    // The body never comes: only the grace ends this.
    expect(await server.ended).toMatchObject({ signal: null })
  })

  it('ends with whoever holds its stdin, when told to', async () => {
    const server = await startServer('regressor', { SLIPWAY_EXIT_WITH_STDIN: '1' })
    server.child.stdin?.end()
    expect(await server.ended).toEqual({ code: 0, signal: null })
  })
})

describe('f33-a model that cannot be served: the reason in the log and at the probes, exit 1', () => {
  async function folderWith(change: (folder: string) => Promise<void>): Promise<string> {
    const folder = temporaryFolder()
    await writeModelFolder(folder, await builtModel('regressor'))
    await change(folder)
    return folder
  }
  const edit = (change: (model: Record<string, unknown>) => void) => async (folder: string) => {
    const model = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))
    change(model)
    await writeFile(join(folder, 'model.json'), JSON.stringify(model))
  }

  it.each<[string, (folder: string) => Promise<void>, RegExp]>([
    ['no model.onnx', (folder) => rm(join(folder, 'model.onnx')), /model\.onnx cannot be read.*ENOENT/],
    ['no model.json', (folder) => rm(join(folder, 'model.json')), /model\.json cannot be read.*ENOENT/],
    [
      'damaged bytes',
      (folder) => writeFile(join(folder, 'model.onnx'), 'x'),
      /model\.onnx is damaged: it hashes to sha256:/,
    ],
    [
      'a broken description',
      (folder) => writeFile(join(folder, 'model.json'), '{'),
      /model\.json is not a served model/,
    ],
    [
      'a newer format',
      edit((model) => {
        model.format = 2
      }),
      /format is 2/,
    ],
    [
      'no signature',
      edit((model) => {
        model.signature = null
      }),
      /signature is not an object/,
    ],
  ])('%s', async (_, change, reason) => {
    const folder = await folderWith(change)
    const server = await startServer({ folder }, { SLIPWAY_FAILED_LINGER_MS: '1500' }, { until: 'failed' })
    expect(server.log.find((entry) => entry.event === 'failed')?.reason).toMatch(reason)
    const ready = await get(`${server.url}/readyz`)
    expect(ready.status).toBe(503)
    expect((ready.body as { reason: string }).reason).toMatch(reason)
    expect((await get(`${server.url}/healthz`)).status).toBe(200)
    expect((await post(`${server.url}/predict`, [row])).status).toBe(503)
    expect((await server.ended).code).toBe(1)
  })

  it('a folder that is no model folder', async () => {
    const server = await startServer({ folder: '/nonexistent' }, { SLIPWAY_FAILED_LINGER_MS: '0' }, { until: 'failed' })
    expect((await server.ended).code).toBe(1)
  })

  it('f32-a taken port and a limit that is no number end it with the reason', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((listening) => taken.once('listening', listening))
    const { port } = taken.address() as { port: number }
    for (const [environment, reason] of [
      [{ PORT: String(port) }, /EADDRINUSE/],
      [{ SLIPWAY_MAX_ROWS: 'many' }, /SLIPWAY_MAX_ROWS is "many"/],
      [{ PORT: 'http' }, /PORT is "http"/],
    ] as const) {
      const child = spawn(process.execPath, [serverEntry, '/nowhere'], { env: { HOST: '127.0.0.1', ...environment } })
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      const code = await new Promise((ended) => child.on('close', ended))
      expect(code).toBe(1)
      expect(JSON.parse(text).reason).toMatch(reason)
    }
    taken.close()
  })
})

describe('the bundle that goes into images', () => {
  it('serves from one file beside onnxruntime-node, probes itself, and logs one JSON object per line', async () => {
    const bundle = join(import.meta.dirname, '../../../.cache/test-serving', String(process.pid), 'server.mjs')
    await build({
      entryPoints: [serverEntry],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      external: ['onnxruntime-node'],
    })
    const server = await startServer('regressor', {}, { entry: bundle })
    expect((await post(`${server.url}/predict`, [row])).status).toBe(200)
    const probe = (port: number) =>
      new Promise((ended) => {
        const child = spawn(process.execPath, [bundle, '--probe'], { env: { PORT: String(port) } })
        child.on('close', ended)
      })
    expect(await probe(server.port)).toBe(0)
    await server.stop()
    expect(await probe(server.port)).toBe(1)
    expect(server.log.map((entry) => entry.event)).toEqual(['listening', 'ready', 'draining', 'stopped'])
    await rm(join(bundle, '..'), { recursive: true })
  })

  it('never logs what it was asked', async () => {
    const server = await startServer('flowers')
    await post(`${server.url}/predict`, [{ soil: 'canary-7431' }])
    await post(`${server.url}/predict`, '{"canary-7431"', { 'Content-Type': 'application/json' })
    await fetch(`${server.url}/canary-7431?canary-7431`)
    await server.stop()
    expect(server.log.filter((entry) => entry.event === 'refused')).toHaveLength(3)
    expect(JSON.stringify(server.log)).not.toContain('canary')
  })
})

it('starts where nothing may be written', async () => {
  const server = await startServer('regressor', { TMPDIR: '/proc/none', HOME: '/proc/none' })
  expect((await post(`${server.url}/predict`, [row])).status).toBe(200)
  await server.stop()
})

it('the runtime reports to nobody: it makes no device id and keeps no events to send', async () => {
  const home = temporaryFolder()
  const server = await startServer('regressor', { HOME: home, XDG_CACHE_HOME: join(home, 'cache') })
  await post(`${server.url}/predict`, [row])
  await server.stop()
  expect(await readdir(home, { recursive: true })).toEqual([])
})
