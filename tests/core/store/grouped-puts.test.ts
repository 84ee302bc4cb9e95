import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import { createStore } from '../../../core/store/create-store.ts'

const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function open() {
  const root = mkdtempSync(join(tmpdir(), 'slipway-group-'))
  made.push(root)
  mkdirSync(join(root, 'given'))
  const give = (name: string, text: string) => {
    writeFileSync(join(root, 'given', name), text)
    return join(root, 'given', name)
  }
  const store = await createStore(join(root, 'store'))
  const held = () => readdirSync(join(root, 'tmp')).filter((name) => name.startsWith('put-'))
  return { root, store, group: store.openGroup(), give, held }
}

describe('puts of a group', () => {
  it('can be read at once, are in the store only once settled, and keep their path until the group ends', async () => {
    const { store, group, give, held } = await open()
    const text = await group.putBytes('one', mediaTypes.text)
    const file = await group.putFile(give('two', 'two'), mediaTypes.bytes, { move: true })
    expect(group.unsettledBytes()).toBe(6)
    const paths = [text, file].map(({ digest }) => group.pathOf(digest))
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['one', 'two'])
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o444, 0o444])
    expect([text, file].map(({ digest }) => store.has(digest))).toEqual([false, false])
    expect([text, file].map(({ digest }) => group.has(digest))).toEqual([true, true])

    await group.settle()
    expect(group.unsettledBytes()).toBe(0)
    expect(await store.readText(text.digest)).toBe('one')
    expect(await store.readText(file.digest)).toBe('two')
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['one', 'two'])
    await group.end()
    expect(held()).toEqual([])
    expect(group.pathOf(text.digest)).toBe(store.pathOf(text.digest))
    expect((await store.verifyAll()).damage).toEqual([])
  })

  it('settle many as they settle one, and equal bytes once', async () => {
    const { store, group } = await open()
    const first = await Promise.all(Array.from({ length: 40 }, (_, n) => group.putBytes(`many ${n}`, mediaTypes.text)))
    const again = await Promise.all(Array.from({ length: 40 }, (_, n) => group.putBytes(`many ${n}`, mediaTypes.text)))
    expect(again).toEqual(first)
    const settled = [group.settle(), group.settle()]
    await group.putBytes('late', mediaTypes.text)
    await Promise.all([...settled, group.settle()])
    expect(await store.verifyAll()).toMatchObject({ blobs: 41, damage: [], strangers: [] })
    await group.putBytes('many 7', mediaTypes.text)
    expect(group.unsettledBytes()).toBe(0)
    await group.end()
  })

  it('take a file with a second name as a copy, and leave nothing of what was moved to the trash', async () => {
    const { store, group, give } = await open()
    const shared = give('shared', 'shared')
    linkSync(shared, `${shared}-2`)
    const { digest } = await group.putFile(shared, mediaTypes.bytes, { move: true })
    writeFileSync(`${shared}-2`, 'changed')
    expect((await store.readBytes(digest)).toString()).toBe('shared')

    const hurt = await group.putBytes('to be hurt', mediaTypes.text)
    await group.moveToTrash([hurt.digest])
    await group.settle()
    expect(store.has(hurt.digest)).toBe(false)
    expect(group.has(hurt.digest)).toBe(false)
    await group.end()
  })

  it('are gone when the group ends without settling, and refuse to settle for good once the disk has refused', async () => {
    const { root, store, group, held } = await open()
    const lost = await group.putBytes('lost', mediaTypes.text)
    rmSync(join(root, 'store', 'blobs'), { recursive: true })
    await expect(group.settle()).rejects.toMatchObject({ code: expect.stringMatching(/^store\//) })
    mkdirSync(join(root, 'store', 'blobs', 'sha256'), { recursive: true })
    await group.putBytes('more', mediaTypes.text)
    await expect(group.settle()).rejects.toMatchObject({ code: expect.stringMatching(/^store\//) })
    await group.end()
    expect(store.has(lost.digest)).toBe(false)
    expect(held()).toEqual([])
  })
})
