import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { findDesktop } from '../../../core/hosts/open-desktop.ts'
import { type CommandLine, createCommandLine, type RunningCommand } from '../../builders/command-line.ts'

let slipway: CommandLine
let work: string
const running: RunningCommand[] = []

beforeEach(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'open-'))
})
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.process.kill('SIGKILL')
    await command.ended
  }
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

async function openHost(args: readonly string[], folder = work): Promise<{ url: URL; command: RunningCommand }> {
  const command = slipway.start(['open', '--json', ...args], { folder })
  running.push(command)
  return { url: new URL(JSON.parse(await command.firstLine()).url), command }
}

describe('slipway open', { timeout: 120_000 }, () => {
  it('prints one address, lets its bearer in once, and answers calls over the line', async () => {
    await slipway.run(['init', join(work, 'wine'), '-t', 'blank'])
    const { url, command } = await openHost([join(work, 'wine')])
    expect(url.hostname).toBe('127.0.0.1')
    const entered = await fetch(url, { redirect: 'manual' })
    const cookie = entered.headers.getSetCookie()[0] as string
    expect(cookie).toMatch(/^slipway-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(await entered.text()).toMatch(/url=\/#\/project\/wine-[0-9a-f]{8}\/build/)
    expect((await fetch(url)).status).toBe(401)

    const key = /project\/([\w-]+)\//.exec(await (await fetch(url, { headers: { cookie } })).text())?.[1]
    const line = new WebSocket(`ws://${url.host}/rpc/project/${key}`, { headers: { cookie, origin: url.origin } })
    await new Promise((done) => line.once('open', done))
    line.send(JSON.stringify({ t: 'call', id: 1, path: 'project.get', input: {} }))
    const answer = await new Promise((done) => line.once('message', done))
    expect(JSON.parse(String(answer))).toMatchObject({ t: 'result', value: { name: 'wine', trusted: false } })

    command.process.kill('SIGINT')
    expect((await command.ended).code).toBe(130)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('b09-token: no step, log, list of processes or file of the project sees the code or the token', async () => {
    const { url, command } = await openHost([])
    const code = url.searchParams.get('code') as string
    const token = /=([\w-]{43});/.exec((await fetch(url)).headers.getSetCookie()[0] as string)?.[1] as string
    const seen = ['cmdline', 'environ']
      .map((name) => readFileSync(`/proc/${command.process.pid}/${name}`, 'utf8'))
      .join('')
    command.process.kill('SIGINT')
    const { stderr, stdout } = await command.ended
    for (const secret of [code, token]) expect(seen + stderr).not.toContain(secret)
    expect(stdout).not.toContain(token)
  })

  it('b10-other-user: nothing but loopback is listened to', async () => {
    const { url } = await openHost([])
    const outward = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outward) {
      const refused = await new Promise<string>((done) => {
        const socket = createConnection({ host: address, port: Number(url.port) })
        socket.once('connect', () => done('connected'))
        socket.once('error', (error: NodeJS.ErrnoException) => done(String(error.code)))
      })
      expect(refused).toBe('ECONNREFUSED')
    }
  })

  it('f32-port-taken: names the port', async () => {
    const { url } = await openHost([])
    const end = await slipway.run(['open', '--json', '--port', url.port], { folder: work })
    expect(end.code).toBe(3)
    expect(end.json()).toMatchObject({ error: { code: 'host/portTaken', details: { port: Number(url.port) } } })
  })

  it('shows the sample at the very first start, and does not bring it back once it was removed', async () => {
    const first = await openHost(['--sample'])
    expect(await (await fetch(first.url)).text()).toMatch(/url=\/#\/project\/penguins-/)
    first.command.process.kill('SIGINT')
    await first.command.ended
    rmSync(join(slipway.home, 'projects'), { recursive: true })
    const second = await openHost(['--sample'])
    expect(await (await fetch(second.url)).text()).toMatch(/url=\/"/)
  })
})

describe('the desktop workbench', () => {
  it('is found only where its binary and a display are', () => {
    const root = join(work, 'app')
    mkdirSync(join(root, 'node_modules/electron/dist'), { recursive: true })
    mkdirSync(join(root, 'dist/electron'), { recursive: true })
    const display = process.env.DISPLAY
    process.env.DISPLAY = ':99'
    try {
      expect(findDesktop(root)).toBe(null)
      writeFileSync(join(root, 'node_modules/electron/path.txt'), 'electron')
      writeFileSync(join(root, 'node_modules/electron/dist/electron'), '')
      writeFileSync(join(root, 'dist/electron/main.mjs'), '')
      expect(findDesktop(root)).toBe(join(root, 'node_modules/electron/dist/electron'))
    } finally {
      if (display === undefined) delete process.env.DISPLAY
      else process.env.DISPLAY = display
    }
  })
})
