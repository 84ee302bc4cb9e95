import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AskedLine, LineApi, LineEvent } from '../../../core/api/line-api.ts'
import { tryConnect } from '../../../core/hosts/peers.ts'
import { type LockHolder, readLiveHolder } from '../../../core/hosts/project-lock.ts'
import { createClient } from '../../../core/rpc/client.ts'
import { createNodeSocketTransport } from '../../../core/rpc/node-socket-transport.ts'
import { findProcess } from '../../../core/tracking/process-identity.ts'
import { busyPipeline, writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandEnd, type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `from slipway import step

@step
def good(*, n=1):
    return n

@step
def bad():
    raise ValueError("no such luck")
`
const elsewhere = { code: 0, stdout: 'elsewhere\n', stderr: '' }

let slipway: CommandLine
let asked: CommandLine
let work: string
const started: number[] = []

beforeAll(() => {
  slipway = createCommandLine()
  asked = createCommandLine('tests/core/hosts/ask.ts')
  work = mkdtempSync(join(tmpdir(), 'ask-core-'))
})
afterEach(() => {
  for (const pid of started.splice(0)) if (findProcess(pid)) process.kill(pid, 'SIGKILL')
})
afterAll(() => {
  slipway.remove()
  asked.remove()
  rmSync(work, { recursive: true, force: true })
})

/** A project of which a core is up. */
async function kept(name: string, text = pipeline): Promise<string> {
  const folder = writeBlankProject(join(work, name), text)
  const end = await slipway.run(['core', 'start'], { folder })
  expect(end.code, end.stderr).toBe(0)
  started.push(holderOf(folder).pid)
  return folder
}

const holderOf = (folder: string) => readLiveHolder(join(folder, '.slipway')) as LockHolder
const said = ({ code, stdout, stderr }: CommandEnd) => ({ code, stdout, stderr })

/** The same words by both ways: run by the core, and by a process that talks to it. */
async function byBoth(folder: string, args: readonly string[]) {
  const [byCore, apart] = [await asked.run(args, { folder }), await slipway.run(args, { folder })]
  return [said(byCore), said(apart)] as const
}

describe('a command that a core runs', { timeout: 240_000 }, () => {
  it('says what it says in a process of its own, and ends with the same code', async () => {
    const folder = await kept('same')
    for (const args of [['plan'], ['plan', '--json'], ['run'], ['run', 'nothing', '--json', '--trust']]) {
      const [byCore, apart] = await byBoth(folder, args)
      expect(byCore).toEqual(apart)
      expect(byCore.stdout + byCore.stderr).not.toBe('')
    }
    const good = await asked.run(['run', 'good', '-p', 'good.n=3', '--trust', '--json'], { folder })
    expect(good).toMatchObject({ code: 0, stderr: expect.stringContaining('Run good: done') })
    expect(good.json()).toMatchObject({ run: { params: { 'good.n': 3 } }, steps: [{ state: 'completed' }] })
    const bad = await asked.run(['run', 'bad', '--trust', '--quiet'], { folder })
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('no such luck') })
    expect((await slipway.run(['runs', '--json'], { folder })).json<{ runs: unknown[] }>().runs).toHaveLength(2)
  })

  it('ends well when nobody reads what it prints', async () => {
    const command = asked.start(['plan', '--json'], { folder: await kept('unread') })
    command.process.stdout.destroy()
    expect(said(await command.ended)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('is trusted for its own call', async () => {
    const folder = await kept('trust')
    expect((await asked.run(['run', 'good', '--trust'], { folder })).code).toBe(0)
    const next = await asked.run(['run', 'good', '--json'], { folder })
    expect([next.code, next.json()]).toMatchObject([4, { error: { code: 'project/notTrusted' } }])
  })

  it('is sent back, and nothing was done, where that process has to do it', async () => {
    const folder = await kept('back')
    const lines = [['runs'], ['run', '--trust', '--verbose'], ['run', '--help'], ['run', '--oops'], ['rnu'], []]
    for (const args of lines) expect(said(await asked.run(args, { folder }))).toEqual(elsewhere)
    const args = ['run', 'good', '--trust']
    expect(said(await asked.run(args, { folder, variables: { TZ: 'Asia/Tokyo' } }))).toEqual(elsewhere)
    // Folders that lead nowhere, and to another project.
    const other = writeBlankProject(join(work, 'other'), pipeline)
    for (const word of ['-Cmissing', '-qCmissing', `-C${other}`, '-Cpipeline.py'])
      expect(said(await asked.run([word, ...args], { folder }))).toEqual(elsewhere)
    // A copy of the project brings the lock of the other along.
    const copy = join(work, 'copy')
    cpSync(folder, copy, { recursive: true })
    expect(said(await asked.run(args, { folder: copy }))).toEqual(elsewhere)
    expect((await slipway.run(['runs', '--json'], { folder })).json()).toMatchObject({ runs: [] })
  })

  it('is sent back for the question whether the project is trusted, which its own terminal puts', async () => {
    const folder = await kept('question')
    const terminal = { isTTY: true, columns: 80 }
    const line = { argv: ['run', 'good'], cwd: folder, color: true, out: terminal, err: terminal, canAsk: true }
    expect(await eventsOf(folder, line)).toEqual([{ kind: 'elsewhere' }])
    const [begun, ...told] = await eventsOf(folder, { ...line, argv: ['run', 'good', '--trust', '--no-color'] })
    expect(begun).toMatchObject({ kind: 'begun', whenLost: { kind: 'err', code: 3 } })
    expect(told.at(-1)).toEqual({ kind: 'end', code: 0 })
    const progress = told.flatMap((event) => (event.kind === 'err' ? [event.text] : [])).join('')
    expect(progress).toContain('\r\u001b[KRun good')
  })

  it('is cancelled by Ctrl-C, keeping what is complete', async () => {
    const folder = await kept('cancelled', busyPipeline)
    const command = asked.start(['run', '--trust', '--json'], { folder })
    await until(() => existsSync(join(folder, 'pid')))
    command.process.kill('SIGINT')
    const end = await command.ended
    expect(end).toMatchObject({ code: 130, stderr: expect.stringContaining('cancelled') })
    expect(end.json()).toMatchObject({ run: { state: 'canceled' }, steps: [{ state: 'completed' }, {}] })
  })

  it('says so when the core is killed in the middle of it', async () => {
    for (const json of [true, false]) {
      const folder = await kept(`lost-${json}`, busyPipeline)
      const command = asked.start(['run', '--trust', ...(json ? ['--json'] : [])], { folder })
      await until(() => existsSync(join(folder, 'pid')))
      process.kill(holderOf(folder).pid, 'SIGKILL')
      const end = await command.ended
      expect(end.code).toBe(3)
      if (json) expect(end.json()).toMatchObject({ error: { code: 'host/connectionLost' } })
      else expect(end.stderr).toContain('ended before it answered.\nWhat it had acknowledged is stored.\nTry again')
    }
  })
})

/** What a core tells of a line, to the end. */
async function eventsOf(folder: string, line: AskedLine): Promise<readonly LineEvent[]> {
  const socket = await tryConnect('command', holderOf(folder).address)
  if (socket === null) throw new Error('no core is up')
  const transport = createNodeSocketTransport(socket)
  const events: LineEvent[] = []
  await new Promise<void>((done, refuse) => {
    const see = (event: LineEvent) => {
      events.push(event)
      if (event.kind === 'end' || event.kind === 'elsewhere') done()
    }
    createClient<LineApi>(transport).line.run(line, see, refuse)
  })
  socket.destroy()
  return events
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; !isSo(); ) {
    if (Date.now() > end) throw new Error('it did not come to that')
    await new Promise((done) => setTimeout(done, 20))
  }
}
