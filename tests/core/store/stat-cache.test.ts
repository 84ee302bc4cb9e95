import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { digestOf } from '../../../core/store/hash-file.ts'
import { openStatCache } from '../../../core/store/stat-cache.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stat-cache-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openStatCache(folder, join(folder, 'tmp'))
const file = () => join(folder, 'digests')
const lines = () => readFileSync(file(), 'utf8').split('\n').filter(Boolean)
const stamp = (ino: number) => ({ dev: 1, ino, sizeBytes: 10 * ino, mtimeMs: 1_000.25, ctimeMs: 1_000.5 })
const hashedAtMs = 10_000
const remember = (cache: ReturnType<typeof open>, ino: number, text = `text ${ino}`) =>
  cache.remember(`/data/${ino}`, stamp(ino), digestOf(text), hashedAtMs)

it('gives from one start to the next what was saved, and writes only what is new', async () => {
  const first = open()
  for (let ino = 0; ino < 100; ino++) remember(first, ino)
  await first.save()
  const before = readFileSync(file(), 'utf8')
  const second = open()
  remember(second, 7, 'other text')
  remember(second, 100)
  await second.save()
  expect(readFileSync(file(), 'utf8').startsWith(before)).toBe(true)
  expect(lines()).toHaveLength(102)
  const third = open()
  expect(third.find('/data/7', stamp(7))).toBe(digestOf('other text'))
  for (const ino of [0, 99, 100]) expect(third.find(`/data/${ino}`, stamp(ino))).toBe(digestOf(`text ${ino}`))
  expect(third.find('/data/7', stamp(8))).toBeNull()
  expect(third.find('/data/101', stamp(101))).toBeNull()
})

it('is written anew once most of its lines are out of date', async () => {
  const cache = open()
  for (let round = 0; round < 20; round++) {
    for (let ino = 0; ino < 10; ino++) remember(cache, ino, `round ${round}`)
    await cache.save()
    expect(lines().length).toBe(10)
    for (let ino = 0; ino < 10; ino++) expect(open().find(`/data/${ino}`, stamp(ino))).toBe(digestOf(`round ${round}`))
  }
})

it('takes another line for an entry until a quarter of its lines is out of date', async () => {
  const cache = open()
  for (let ino = 0; ino < 100; ino++) remember(cache, ino)
  await cache.save()
  const counts: number[] = []
  for (let round = 0; round < 60; round++) {
    remember(cache, round, 'other')
    await cache.save()
    counts.push(lines().length)
  }
  expect([counts[0], Math.max(...counts), counts.filter((count) => count === 100).length]).toEqual([101, 125, 2])
  for (const ino of [0, 59]) expect(open().find(`/data/${ino}`, stamp(ino))).toBe(digestOf('other'))
  expect(open().find('/data/60', stamp(60))).toBe(digestOf('text 60'))
})

it('keeps what two that were open at once have saved', async () => {
  const [one, other] = [open(), open()]
  remember(one, 1)
  remember(other, 2)
  await one.save()
  await other.save()
  const later = open()
  for (const ino of [1, 2]) expect(later.find(`/data/${ino}`, stamp(ino))).toBe(digestOf(`text ${ino}`))
})

it('believes no line that was cut short, and every line beside it', async () => {
  const first = open()
  for (const ino of [1, 2]) remember(first, ino)
  await first.save()
  const whole = readFileSync(file())
  for (let cut = 1; cut < whole.length; cut++) {
    rmSync(file())
    appendFileSync(file(), whole)
    truncateSync(file(), cut)
    const later = open()
    remember(later, 3)
    await later.save()
    const last = open()
    for (const ino of [1, 2]) expect([null, digestOf(`text ${ino}`)]).toContain(last.find(`/data/${ino}`, stamp(ino)))
    expect(last.find('/data/3', stamp(3))).toBe(digestOf('text 3'))
  }
  rmSync(file())
  appendFileSync(file(), '\0'.repeat(4096))
  const later = open()
  remember(later, 3)
  await later.save()
  expect(open().find('/data/3', stamp(3))).toBe(digestOf('text 3'))
})

it('says of a list that is mostly the last one what it says of each file', () => {
  const cache = open()
  const files = Array.from({ length: 20 }, (_, ino) => ({ file: `/data/${ino}`, ...stamp(ino) }))
  for (let ino = 0; ino < 19; ino++) remember(cache, ino)
  const expectEach = (list: typeof files) =>
    expect(cache.findAll(list)).toEqual(list.map((one) => cache.find(one.file, one)))
  expectEach(files)
  // What is not known, what is another file, and what was remembered with other bytes since.
  expectEach(files.with(3, { file: '/data/3', ...stamp(77) }))
  remember(cache, 5, 'other text')
  remember(cache, 19)
  expectEach(files.with(4, { file: '/data/4', ...stamp(4) }))
  expect(cache.findAll(files)).toEqual(files.map(({ ino }) => digestOf(ino === 5 ? 'other text' : `text ${ino}`)))
  expectEach(files.slice(1))
})
