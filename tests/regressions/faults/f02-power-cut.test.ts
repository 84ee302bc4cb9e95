import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore } from '../../../core/store/create-store.ts'
import { type CuttableDisk, createCuttableDisk } from '../../builders/power-cut.ts'
import { disturb, findCalls, type TracedCall } from '../../builders/traced-calls.ts'
import { checkAfterCrash } from './check-after-crash.ts'

/** SLIPWAY_FAULTS=1000 cuts that often, however long it takes; the suite stops at 200 or after its time. */
const asked = process.env.SLIPWAY_FAULTS
const mostCuts = Number(asked ?? 200)
const longestMs = asked === undefined ? 45_000 : Number.POSITIVE_INFINITY
const cutsOfOneFolder = 10

describe.skipIf(process.getuid?.() !== 0)('f02 a power cut', () => {
  let disk: CuttableDisk
  beforeAll(async () => {
    disk = await createCuttableDisk()
  })
  afterAll(() => disk.remove())

  it('f02 at random moments: everything acknowledged is there, and what ran is interrupted', async () => {
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'record-until-dark.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const heard = listen(writer)
    const endAt = performance.now() + longestMs
    let cuts = 0
    let acknowledged = 0
    let late = 0
    while (cuts < mostCuts && performance.now() < endAt) {
      const folder = join(disk.folder, 'project')
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      // A sync of the folder above, which init and git do; what is tested is what lies below.
      spawnSync('sync', [disk.folder])
      const said: string[] = []
      for (let each = 0; each < cutsOfOneFolder; each++, cuts++) {
        writer.stdin.write(`${folder}\n`)
        // Every third while it opens, the others while it records.
        if (each % 3 > 0) await until(() => heard.includes('opened'))
        await sleep(Math.random() * 60)
        // What is said while the disk goes down may be said of bytes that only half arrived: no one has heard it yet.
        said.push(...heard.splice(0))
        await disk.cut()
        await until(() => heard.includes('closed'))
        late += heard.splice(0).filter((line) => isPromise(line)).length
        await disk.restore()
        expect(existsSync(folder)).toBe(true)
        // With the power every process goes; the writer lives on here only because a new one would take longer.
        await checkAfterCrash(folder, said, () => false)
      }
      acknowledged += said.filter(isPromise).length
    }
    writer.stdin.end()
    console.log(`f02: ${cuts} power cuts, ${acknowledged} acknowledgements before them, ${late} in the middle`)
    expect(cuts).toBeGreaterThanOrEqual(cutsOfOneFolder)
    expect(acknowledged).toBeGreaterThan(cuts / 4)
  }, 3_600_000)

  it('f02 after a kill between naming and syncing: what the next start calls stored is durable', async () => {
    const script = join(import.meta.dirname, 'put-again.ts')
    const folder = join(disk.folder, 'named')
    const again = () => spawnSync(process.execPath, [script, folder], { encoding: 'utf8' }).stdout.trim().split('\n')
    mkdirSync(folder)
    const store = await createStore(join(folder, 'store'))
    const calls = findCalls({ script, folder }, ['fsync'])
    const place = (await store.putBytes('the same bytes', 'text/plain')).digest
    rmSync(store.pathOf(place))
    spawnSync('sync', [disk.folder])
    const lastSync = calls.filter(({ of }) => of === '/store/blobs/sha256').at(-1)
    expect(disturb({ script, folder }, lastSync as TracedCall, 'signal=KILL')).toEqual([])
    expect(store.has(place)).toBe(true)

    const [first] = again()
    expect(first).toMatch(/^put \d+$/)
    await disk.cut()
    await disk.restore()
    expect(await store.readText(place)).toBe('the same bytes')
  })
})

const isPromise = (line: string) => !/^(opened|failed|closed)/.test(line)

/** Its lines as they come. */
function listen(writer: ChildProcessByStdio<Writable, Readable, null>): string[] {
  const heard: string[] = []
  createInterface({ input: writer.stdout }).on('line', (line) => heard.push(line))
  return heard
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); await sleep(2)) {
    if (performance.now() > end) throw new Error('it did not come about')
  }
}
