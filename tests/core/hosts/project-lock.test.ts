import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLiveHolder, takeProjectLock } from '../../../core/hosts/project-lock.ts'
import { ownIdentity } from '../../../core/tracking/process-identity.ts'

const script = fileURLToPath(new URL('take-lock.ts', import.meta.url))
const offer = { address: '/run/x/core.sock', version: '1.0.0' }
let folder: string
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  children = []
})
afterEach(async () => {
  await Promise.all(children.map(end))
  rmSync(folder, { recursive: true, force: true })
})

describe('the lock of a project', () => {
  it('is taken once, by one process, which another learns', async () => {
    const first = await tryInProcess()
    expect(first.state).toBe('taken')
    const attempt = takeProjectLock(folder, offer)
    expect(attempt).toMatchObject({ state: 'held', by: { pid: first.by, version: '1.0.0' } })
  })

  it('is free again once it is released, and leaves nothing behind', () => {
    const attempt = takeProjectLock(folder, offer)
    if (attempt.state !== 'taken') throw new Error('the lock of a fresh folder is free')
    expect(readLiveHolder(folder)?.pid).toBe(process.pid)
    attempt.lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('f14-holder-killed: is taken over from a holder that was killed', async () => {
    const first = await tryInProcess()
    await end(children[0] as ChildProcess)
    const attempt = takeProjectLock(folder, offer)
    expect(attempt).toMatchObject({ state: 'taken', tookOver: { pid: first.by } })
    expect(readdirSync(folder)).toEqual(['core.lock'])
  })

  it('goes to exactly one of many that follow a dead holder at the same moment', async () => {
    await tryInProcess()
    await end(children[0] as ChildProcess)
    const startAt = Date.now() + 1_500
    const ends = await Promise.all(Array.from({ length: 8 }, () => tryInProcess(startAt)))
    const taken = ends.filter((one) => one.state === 'taken')
    expect(taken).toHaveLength(1)
    expect(new Set(ends.map((one) => one.by))).toEqual(new Set([taken[0]?.by]))
  })

  it('f19-pid-reused: is not believed when another process has the number of its holder', () => {
    const stranger = { ...ownIdentity(), startedAt: '1', ...offer, nonce: 'aaaa' }
    writeFileSync(join(folder, 'core.lock'), JSON.stringify(stranger))
    expect(readLiveHolder(folder)).toBe(null)
    expect(takeProjectLock(folder, offer).state).toBe('taken')
  })

  it.each(['', '{', '{"pid":1}', '[]', 'null', '{"pid":1,"nonce":"../../x","address":"/tmp/x"}'])(
    'is followed when its file holds %j',
    (text) => {
      writeFileSync(join(folder, 'core.lock'), text)
      expect(takeProjectLock(folder, offer).state).toBe('taken')
      expect(JSON.parse(readFileSync(join(folder, 'core.lock'), 'utf8')).pid).toBe(process.pid)
    },
  )

  it('is not released by one that lost it', () => {
    const attempt = takeProjectLock(folder, offer)
    if (attempt.state !== 'taken') throw new Error('the lock of a fresh folder is free')
    const other = JSON.stringify({ ...ownIdentity(), ...offer, nonce: 'bbbb' })
    writeFileSync(join(folder, 'core.lock'), other)
    attempt.lock.release()
    expect(readFileSync(join(folder, 'core.lock'), 'utf8')).toBe(other)
  })
})

function tryInProcess(startAt = 0): Promise<{ state: string; by: number }> {
  const child = spawn(process.execPath, [script, folder, String(startAt)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return new Promise((done, refuse) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.endsWith('\n')) done(JSON.parse(text))
    })
    child.once('exit', (code) => refuse(new Error(`the process ended with ${code}`)))
  })
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })
}
