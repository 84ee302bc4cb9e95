import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, digestHex } from '../../../core/domain/digest.ts'
import { digestOf } from '../../../core/store/hash-file.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { findDigestUses } from '../../../core/tracking/digest-queries.ts'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

const check = (repair = false) => checkStorage({ ...at, repair })
const damaged = async () => (await check()).filter(({ name }) => /^(blob|pack) /.test(name))
const read = (path: string) => readFileSync(join(at.folder, path))

/** A file of two states, the later one kept as what is new beside the earlier. */
async function grow() {
  const first = randomBytes(2 * 1024 * 1024)
  const later = Buffer.concat([first, randomBytes(20_000)])
  at.write('data/table.bin', first)
  await at.add('grown', 'data/table.bin')
  at.write('data/table.bin', later)
  const { storedBytes } = await at.add('grown')
  expect(storedBytes).toBeLessThan(first.length / 10)
  return { first, later }
}

describe('f08-bytes of a dataset version that are not what was recorded', () => {
  it.each([
    [
      'flipped',
      'hurt',
      (file: string) => {
        chmodSync(file, 0o644)
        writeFileSync(file, 'abd')
      },
    ],
    ['cut short', 'hurt', (file: string) => truncateSync(file, 1)],
    ['deleted', 'missing', (file: string) => rmSync(file)],
  ])('are found when %s, with every dataset and version that is hit', async (_, state, damage) => {
    at.write('data/a.txt', 'abc')
    await at.add('letters', 'data/a.txt')
    await at.add('folder', 'data')
    at.write('data/b.txt', 'def')
    await at.add('folder')
    expect(await damaged()).toEqual([])
    damage(at.store.pathOf(digestOf('abc')))
    const [blob, ...more] = await damaged()
    expect(more).toEqual([])
    expect(blob).toMatchObject({ name: `blob ${digestOf('abc')}`, state })
    for (const version of ['letters@1', 'folder@1', 'folder@2'])
      expect(blob?.detail).toContain(`dataset ${version} (data/a.txt)`)
    expect(blob?.remedy).toContain('slipway data add letters')
  })

  it('are mended by adding the same files again', async () => {
    at.write('data/a.txt', 'abc')
    await at.add('letters', 'data/a.txt')
    truncateSync(at.store.pathOf(digestOf('abc')), 1)
    const repaired = await check(true)
    expect(repaired.find(({ name }) => name.startsWith('blob'))?.remedy).toContain('Moved to the trash')
    expect((await damaged())[0]?.state).toBe('missing')
    expect(await at.add('letters')).toMatchObject({ isNew: false, storedBytes: 3 })
    expect(await damaged()).toEqual([])
  })

  it('are not looked for where digests alone were recorded', async () => {
    at.write('data/a.txt', 'abc')
    await at.datasets.add({ name: 'letters', path: 'data/a.txt', keep: false }, at.call)
    expect(await damaged()).toEqual([])
  })

  it('are found in every part of a file that is kept in parts', async () => {
    const { later } = await grow()
    const digest = digestOf(later)
    const parts = await at.store.files.partsOf(digest)
    expect(parts.length).toBeGreaterThanOrEqual(4)
    for (const part of parts) {
      const file = at.store.pathOf(part)
      const whole = readFileSync(file)
      rmSync(file)
      const hit = (await damaged()).find(({ name }) => name === `blob ${part}`)
      expect(hit).toMatchObject({ state: 'missing', detail: expect.stringContaining('grown@2 (data/table.bin)') })
      writeFileSync(file, whole)
    }
    expect(await damaged()).toEqual([])
    const pointers = join(at.slipwayFolder, 'store', 'chunked')
    for (const name of readdirSync(pointers)) rmSync(join(pointers, name))
    expect(await damaged()).toMatchObject([{ name: `blob ${digest}`, state: 'missing' }])
  })
})

describe('a dataset of hundreds of small files', () => {
  const names = Array.from({ length: 510 }, (_, n) => `data/${String(n).padStart(3, '0')}.txt`)

  it('f08-is named when the pack that many of them share is hurt, loses only what is, and is mended by adding it again', async () => {
    for (const name of names) at.write(name, `the text of ${name}`)
    const { dataset } = await at.add('texts', 'data')
    expect([dataset.fileCount, dataset.keptCount]).toEqual([510, 510])
    expect(await at.add('texts')).toMatchObject({ isNew: false, storedBytes: 0 })
    expect(await damaged()).toEqual([])
    const keep = findDigestUses(at.database).map(({ digest }) => digest)
    expect(await at.store.sweepUnreferenced(keep, { olderThanMs: 0 })).toEqual([])
    const [pack] = await at.store.files.partsOf(dataset.files[7]?.digest as Digest)
    const file = join(at.store.folder, 'packed', digestHex(pack as Digest))
    const whole = readFileSync(file)
    chmodSync(file, 0o644)
    writeFileSync(file, Buffer.concat([Buffer.alloc(40), whole.subarray(40)]))
    const [found, ...more] = await damaged()
    expect(more).toEqual([])
    expect(found).toMatchObject({ name: `pack ${pack}`, state: 'hurt' })
    expect(found?.detail).toMatch(/ 2 are hurt\. Hits dataset texts@1 \(data\/\d+\.txt, data\/\d+\.txt\)\.$/)
    await check(true)
    expect((await at.datasets.show('texts')).keptCount).toBe(508)
    expect((await damaged()).map(({ state }) => state)).toEqual(['missing', 'missing'])
    expect(await at.add('texts')).toMatchObject({ isNew: false, dataset: { keptCount: 510 } })
    expect(await damaged()).toEqual([])
    rmSync(join(at.folder, 'data'), { recursive: true })
    expect(await at.datasets.restore('texts', undefined, at.call)).toMatchObject({ written: 510 })
    for (const name of names) expect(read(name).toString()).toBe(`the text of ${name}`)
  })
})

describe('b24-a sweep of the store', () => {
  it('takes nothing that a dataset version counts on, whole or in parts', async () => {
    const { first, later } = await grow()
    const stray = await at.store.putBytes('stray', 'x/y')
    const keep = findDigestUses(at.database).map(({ digest }) => digest)
    const swept = await at.store.sweepUnreferenced(keep, { olderThanMs: 0 })
    expect(swept.map(({ digest }) => digest)).toEqual([stray.digest])
    await at.store.emptyTrash(0)
    expect(await damaged()).toEqual([])
    rmSync(join(at.folder, 'data/table.bin'))
    await at.datasets.restore('grown@2', undefined, at.call)
    expect(digestOf(read('data/table.bin'))).toBe(digestOf(later))
    await at.datasets.restore('grown@1', undefined, at.call)
    expect(digestOf(read('data/table.bin'))).toBe(digestOf(first))
  })

  it('names every kept file of every version to keep, and no file of which the digest alone is known', async () => {
    at.write('data/a.txt', 'abc')
    await at.datasets.add({ name: 'letters', path: 'data/a.txt', keep: false }, at.call)
    at.write('data/b.txt', 'def')
    await at.add('others', 'data/b.txt')
    const files = findDigestUses(at.database).filter(({ what }) => what !== 'the list of its files')
    const kept: Digest = digestOf('def')
    expect(files).toEqual([{ digest: kept, kind: 'dataset', id: 'others@1', what: 'data/b.txt' }])
  })
})
