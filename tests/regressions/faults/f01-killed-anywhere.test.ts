import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { disturb, findCalls } from '../../builders/traced-calls.ts'
import { checkAfterCrash } from './check-after-crash.ts'

const script = join(import.meta.dirname, 'record-in-steps.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
const newFolder = () => mkdtempSync(join(tmpdir(), 'slipway-killed-'))
/** SLIPWAY_FAULTS=1000 kills at random that often, and at every single call; the suite takes a share of both. */
const asked = process.env.SLIPWAY_FAULTS
const randomKills = Number(asked ?? 20)
const today = Math.floor(Date.now() / 86_400_000)
const killsOfOneFolder = 10

const calls = [
  ...['write', 'pwrite64', 'ftruncate', 'fsync', 'fdatasync'],
  ...['rename', 'link', 'unlink', 'mkdir', 'fchmod', 'openat'],
]
/** A migration writes hundreds of pages, one much like the other: of these every so-many-th, from another start each day. */
const strides: Readonly<Record<string, number>> = asked === undefined ? { pwrite64: 16, openat: 2 } : {}

describe.skipIf(!canTrace)('f01 the recording process, killed', () => {
  it('f01 at each call that opens or changes a file: all that was acknowledged stands, nothing is half', async () => {
    const first = newFolder()
    const all = findCalls({ script, folder: first }, calls)
    const found = all.filter(({ call, when }) => (when + today) % (strides[call] ?? 1) === 0)
    rmSync(first, { recursive: true, force: true })
    let cutShort = 0
    for (const each of found) {
      const folder = newFolder()
      const said = disturb({ script, folder }, each, 'signal=KILL')
      if (!said.includes('done')) cutShort += 1
      await checkAfterCrash(folder, said).catch((error) => {
        throw new Error(`killed at ${each.call} ${each.when} of ${each.of} after "${said.at(-1)}"`, { cause: error })
      })
      rmSync(folder, { recursive: true, force: true })
    }
    console.log(`f01: ${all.length} calls, tried ${found.length}, killed at ${cutShort}`)
    expect(found.length).toBeGreaterThan(80)
    expect(cutShort).toBeGreaterThan(found.length * 0.9)
  }, 3_600_000)
})

it(`f01 the recording process, killed ${randomKills} times at any moment`, async () => {
  let steps = 0
  for (let done = 0; done < randomKills; done += killsOfOneFolder) {
    const folder = newFolder()
    const said: string[] = []
    for (let round = 0; round < Math.min(killsOfOneFolder, randomKills - done); round++) {
      said.push(...(await killAfter(folder, 1 + Math.random() * 40, Math.random() * 20)))
      await checkAfterCrash(folder, said)
    }
    steps += said.filter((line) => line.startsWith('step')).length
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`f01: ${randomKills} kills, ${steps} steps acknowledged`)
  expect(steps).toBeGreaterThan(randomKills / 4)
}, 3_600_000)

/** Kills it so long after it said so many lines; gives what it had said by then. */
async function killAfter(folder: string, lines: number, ms: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, folder, '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  let waits = false
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (waits || text.split('\n').length <= lines) return
    waits = true
    setTimeout(() => child.kill('SIGKILL'), ms)
  })
  await new Promise((done) => child.once('close', done))
  return text.slice(0, text.lastIndexOf('\n')).split('\n')
}
