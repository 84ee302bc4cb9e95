import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, digestHex } from '../../../core/domain/digest.ts'
import { trashRestMs } from '../../../core/domain/space.ts'
import { createSpace, type SpaceOptions } from '../../../core/space/create-space.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { digestOf } from '../../../core/store/hash-file.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording, type Recording } from '../tracking/open-recording.ts'

let at: Recording
/** Of another process, as it were: what it puts is not remembered by the one that clears. */
let other: Recording['store']
beforeEach(async () => {
  at = await openRecording()
  other = await createStore(join(at.folder, 'store'))
})
afterEach(() => at.close())

const call = { report: () => undefined, signal: new AbortController().signal }
const trash = () => readdirSync(join(at.folder, 'trash')).sort()
const open = (work: SpaceOptions['work'] = () => null) =>
  createSpace({
    ...at,
    slipwayFolder: at.folder,
    runs: { deleted: at.runs.deleted, end: at.recorder.endDeletedRuns },
    work,
  })
const damaged = async () => (await checkStorage(at)).filter(({ state }) => state !== 'ok')

/** As if it had been thrown away so long ago. */
function age(name: string, ms: number): void {
  const [, at_, rest] = /^(\d+)(-.*)$/.exec(name) as RegExpExecArray
  renameSync(join(at.folder, 'trash', name), join(at.folder, 'trash', `${Number(at_) - ms}${rest}`))
}

async function recordRun(): Promise<Digest> {
  const { runId, stepRunIds } = at.startRun(['work'])
  const gives = [await at.give('value', `{"n": ${Math.random()}}`)]
  await at.doStep(stepRunIds.work as string, { step: 'work', gives, log: 'at work\n' })
  at.finish(runId)
  return gives[0]?.descriptor.digest as Digest
}

const noRuns = { deleted: () => [], end: () => [] }

/** A step gives what is kept already. */
async function recordGiven(digests: readonly Digest[]): Promise<void> {
  const { runId, stepRunIds } = at.startRun(['work'])
  const plain = {
    role: 'output',
    kind: 'json',
    parts: [],
    pythonType: 'builtins.dict',
    runsCodeWhenLoaded: false,
  } as const
  const gives = digests.map((digest, n) => {
    const sizeBytes = at.store.files.sizeOf(digest) ?? 0
    return { name: `given${n}`, ...plain, summary: {}, descriptor: { mediaType: 'x/y', digest, sizeBytes } }
  })
  await at.doStep(stepRunIds.work as string, { step: 'work', gives })
  at.finish(runId)
}

describe('what nothing needs', () => {
  it('is told with its size and its list, changes nothing, then goes to the trash, and ends after 30 days', async () => {
    const needed = await recordRun()
    const stray = await other.putBytes('x'.repeat(5_000), 'x/y')
    const space = open()
    expect(await space.survey()).toMatchObject({ unused: { count: 0, bytes: 0 }, young: { count: 1, bytes: 5_000 } })
    const survey = await space.survey({ olderThanMs: 0 })
    expect(survey).toMatchObject({
      unused: { count: 1, bytes: 5_000 },
      largest: [{ digest: stray.digest, bytes: 5_000 }],
      young: { count: 0 },
      ending: { count: 0 },
      resting: { count: 0 },
      nextEndAt: null,
    })
    expect(survey.uses.find(({ use }) => use === 'runs')?.bytes).toBeGreaterThan(0)
    expect(at.store.has(stray.digest)).toBe(true)

    const freed = await space.clear({ olderThanMs: 0 }, call)
    expect(freed).toMatchObject({ moved: { count: 1, bytes: 5_000 }, ended: { count: 0 }, restored: { count: 0 } })
    expect([at.store.has(stray.digest), at.store.has(needed)]).toEqual([false, true])
    expect(trash()).toEqual([expect.stringMatching(new RegExp(`^\\d+-${digestHex(stray.digest)}$`))])
    expect(await damaged()).toEqual([])

    age(trash()[0] as string, trashRestMs - 60_000)
    expect(await space.clear({}, call)).toMatchObject({ moved: { count: 0 }, ended: { count: 0 } })
    const { resting, nextEndAt } = await space.survey()
    expect(resting).toEqual({ count: 1, bytes: 5_000 })
    expect(Date.parse(String(nextEndAt)) - Date.now()).toBeLessThanOrEqual(60_000)
    age(trash()[0] as string, 60_000)
    expect(await space.clear({}, call)).toMatchObject({ ended: { count: 1, bytes: 5_000 } })
    expect(trash()).toEqual([])
    expect(await damaged()).toEqual([])
  })

  it('ends at once when that is said, and not a needed byte with it', async () => {
    const needed = await recordRun()
    await other.putBytes('stray', 'x/y')
    const copies = join(at.folder, 'trash/files/2026-01-02T03-04-05-006Z/data')
    mkdirSync(copies, { recursive: true })
    writeFileSync(join(copies, 'mine.csv'), 'edited')
    expect(await open().clear({ olderThanMs: 0, emptyTrash: true }, call)).toMatchObject({
      moved: { count: 1 },
      ended: { count: 2, bytes: 11 },
    })
    expect(trash()).toEqual(['files'])
    expect(readdirSync(join(at.folder, 'trash/files'))).toEqual([])
    expect(await at.store.readText(needed)).toContain('"n"')
  })

  it('stays while it is too young, was put again just now, or may belong to what goes on', async () => {
    await recordRun()
    await other.putBytes('old leftover', 'x/y')
    const space = open()
    expect(await space.clear({ olderThanMs: 60_000 }, call)).toMatchObject({ moved: { count: 0 } })
    // Somebody puts the same bytes, which are there, and is about to record them.
    const again = await at.store.putBytes('old leftover', 'x/y')
    expect(await space.clear({ olderThanMs: 0 }, call)).toMatchObject({ moved: { count: 0 } })
    expect(await space.survey({ olderThanMs: 0 })).toMatchObject({ young: { count: 1 } })
    expect(at.store.has(again.digest)).toBe(true)
  })

  it('comes back when a record counts on it after it was moved: at the end of what went on, when read, and by doctor', async () => {
    const text = '{"n": 7}'
    const { digest } = await other.putBytes(text, 'application/json')
    const { promise, resolve } = Promise.withResolvers<void>()
    const space = open(() => ({ sinceMs: Date.now(), ended: promise }))
    expect(await space.clear({ olderThanMs: 0 }, call)).toMatchObject({ moved: { count: 1 } })
    const { runId, stepRunIds } = at.startRun(['work'])
    const descriptor = { mediaType: 'application/json', digest, sizeBytes: text.length }
    const plain = {
      kind: 'json',
      parts: [],
      pythonType: 'builtins.dict',
      runsCodeWhenLoaded: false,
      summary: {},
    } as const
    const gives = [{ name: 'value', role: 'output' as const, ...plain, descriptor }]
    await at.doStep(stepRunIds.work as string, { step: 'work', gives })
    at.finish(runId)
    resolve()
    for (const end = Date.now() + 60_000; !at.store.has(digest) && Date.now() < end; )
      await new Promise((done) => setTimeout(done, 5))
    expect(at.store.has(digest)).toBe(true)

    await at.store.moveToTrash([digest])
    expect(await damaged()).toMatchObject([
      { name: 'store' },
      { name: `blob ${digest}`, state: 'missing', remedy: expect.stringContaining('lies in the trash') },
    ])
    await checkStorage({ ...at, repair: true })
    expect(await damaged()).toEqual([])

    await at.store.moveToTrash([digest])
    expect(await at.store.readText(digest)).toBe(text)
    expect(at.store.has(digest)).toBe(true)

    await at.store.moveToTrash([digest])
    age(trash()[0] as string, trashRestMs * 2)
    expect(await open().clear({ emptyTrash: true }, call)).toMatchObject({
      restored: { count: 1 },
      ended: { count: 0 },
    })
    expect(await at.store.readText(digest)).toBe(text)
  })

  it('counts neither a pack nor parts as moved that it put back, since a record counts on a file in them by then', async () => {
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(at.folder, name), bytes)
      return { file: join(at.folder, name), sizeBytes: bytes.length }
    }
    const small = Array.from({ length: 600 }, (_, n) => write(`small-${n}`, randomBytes(100)))
    const [packed] = await other.files.keep(small)
    const base = randomBytes(2_000_000)
    const [grewFrom] = await other.files.keep([write('base', base)])
    const grown = write('grown', Buffer.concat([base, randomBytes(1_000)]))
    const [inParts] = await other.files.keep([{ ...grown, grewFrom: grewFrom?.digest }])
    const unused = (await open().survey({ olderThanMs: 0 })).unused
    expect(readdirSync(join(at.folder, 'store/packed'))).toHaveLength(1)
    expect(readdirSync(join(at.folder, 'store/chunked'))).toHaveLength(1)
    let sweeps = 0
    const store = {
      ...at.store,
      sweepUnreferenced: async (...request: Parameters<typeof at.store.sweepUnreferenced>) => {
        const swept = await at.store.sweepUnreferenced(...request)
        sweeps++
        if (sweeps === 1) await recordGiven([packed?.digest, inParts?.digest] as Digest[])
        return swept
      },
    }
    const space = createSpace({ ...at, store, slipwayFolder: at.folder, runs: noRuns, work: () => null })
    const none = { count: 0, bytes: 0 }
    expect(await space.clear({ olderThanMs: 0 }, call)).toMatchObject({ moved: none, restored: none })
    expect(sweeps).toBe(1)
    expect(unused.count).toBeGreaterThan(3)
    expect(trash()).toEqual([])
    expect(await damaged()).toEqual([])
    // What lay in the trash before is counted as it was when it went: a pack is one.
    await at.store.moveToTrash(readdirSync(join(at.folder, 'store/packed')).map((hex) => `sha256:${hex}` as Digest))
    expect(await space.clear({ olderThanMs: 0 }, call)).toMatchObject({ moved: none, restored: { count: 1 } })
    expect(await damaged()).toEqual([])
  })

  it('is put anew when its bytes come again, and what lies hurt in the trash never comes back', async () => {
    const { digest } = await other.putBytes('bytes', 'x/y')
    await open().clear({ olderThanMs: 0 }, call)
    writeFileSync(join(at.folder, 'trash', `${Date.now() + 5}-${digestHex(digestOf('sound'))}`), 'hurt')
    await expect(at.store.readBytes(digestOf('sound'))).rejects.toMatchObject({ code: 'store/blobMissing' })
    await at.store.putBytes('bytes', 'x/y')
    expect(await at.store.readText(digest)).toBe('bytes')
  })

  it('is looked for by one at a time, and a second finds nothing left', async () => {
    for (let n = 0; n < 20; n++) await other.putBytes(`stray ${n}`, 'x/y')
    const space = open()
    const both = await Promise.all([space.clear({ olderThanMs: 0 }, call), space.clear({ olderThanMs: 0 }, call)])
    expect(both.map(({ moved }) => moved.count)).toEqual([20, 0])
    expect(trash()).toHaveLength(20)
  })
})

describe('b24-what lies in the trash or the store and is not ours', () => {
  it.each(['trash', 'store', 'store/blobs', 'store/blobs/sha256', 'store/packs', 'store/packed'])(
    'is neither moved nor ended when %s is a link to elsewhere',
    async (name) => {
      const { digest } = await other.putBytes('stray', 'x/y')
      await other.moveToTrash([(await other.putBytes('thrown away', 'x/y')).digest])
      const place = join(at.folder, name)
      if (!existsSync(place)) mkdirSync(place)
      const elsewhere = join(at.folder, 'elsewhere')
      renameSync(place, elsewhere)
      symlinkSync(elsewhere, place)
      const before = listAll(at.folder)
      for (const request of [{ olderThanMs: 0 }, { olderThanMs: 0, emptyTrash: true }])
        await expect(open().clear(request, call)).rejects.toMatchObject({
          code: 'store/folderReplaced',
          details: { folder: place },
        })
      await expect(open().survey({ olderThanMs: 0 })).rejects.toMatchObject({ code: 'store/folderReplaced' })
      expect(listAll(at.folder)).toEqual(before)
      expect(readFileSync(at.store.pathOf(digest), 'utf8')).toBe('stray')
    },
  )

  it('is left: other names, links by the name of a digest, folders, links among the copies', async () => {
    const outside = join(at.folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'precious'), 'p')
    const hex = 'ab'.repeat(32)
    const names = ['notes.txt', `0-${'g'.repeat(64)}`, `0-../${hex}`.replace('/', '∕'), `0-${hex.toUpperCase()}`]
    for (const name of names) writeFileSync(join(at.folder, 'trash', name), 'x')
    symlinkSync(join(outside, 'precious'), join(at.folder, 'trash', `0-${hex}`))
    mkdirSync(join(at.folder, 'trash', `1-${hex}`))
    symlinkSync(join(outside, 'precious'), join(at.folder, 'store/blobs/sha256', hex))
    mkdirSync(join(at.folder, 'trash/files'))
    symlinkSync(outside, join(at.folder, 'trash/files/2020-01-02T03-04-05-006Z'))
    const before = listAll(at.folder)
    expect(await open().clear({ olderThanMs: 0, emptyTrash: true }, call)).toMatchObject({
      moved: { count: 0 },
      ended: { count: 0 },
    })
    expect(listAll(at.folder)).toEqual(before)
    expect((await open().survey()).strangers).toHaveLength(6)
  })
})

/** Every name below, but for the database's own. */
function listAll(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => !name.startsWith('slipway.db')).sort()
}
