import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { digestOf } from './hash-file.ts'
import { eachMember, findHurtMembers, formatPackEnd, type PackMember, readPackList } from './pack-list.ts'
import { syncFolder, writeWhole } from './publish.ts'
import type { BlobDamage } from './store.ts'
import { blobMode } from './take-file.ts'
import { temporaryName } from './temporary-names.ts'

/** Files that lie together, and what they lie in. */
export type ListedPack = {
  /** Where its name stands: `packed`, or `packs` when it is a blob. */
  readonly kind: 'packed' | 'packs'
  readonly name: Digest
  /** Absolute: what holds the bytes. */
  readonly file: string
  /** What doctor finds hurt or missing when it is: itself, or the blobs that it consists of. */
  readonly parts: readonly Digest[]
  readonly members: readonly PackMember[]
}

export type StagedPack = { readonly unfinished: string; readonly name: Digest }

const packName = /^[0-9a-f]{64}$/

/** `packed` of a layout: small files one after the other, whole and synced before a pack gets its name. */
export function createPackFolder(folder: string, temporary: string) {
  /** Perhaps named, and not durably: a later sync that succeeds proves nothing. */
  const unsure = new Set<Digest>()

  const pathOf = (name: Digest) => join(folder, digestHex(name))
  const entries = (): readonly string[] => (existsSync(folder) ? readdirSync(folder) : [])
  const names = () =>
    entries()
      .filter((name) => packName.test(name))
      .map((name) => parseDigest(`sha256:${name}`))

  /** Null when its list is hurt, or that of another. */
  function readPack(name: Digest): ListedPack | null {
    try {
      const list = readPackList(pathOf(name))
      if (list === null || list.name !== name) return null
      return { kind: 'packed', name, file: pathOf(name), parts: [name], members: list.members }
    } catch {
      // Not readable now: doctor says so.
      return null
    }
  }

  async function place(packs: readonly StagedPack[]): Promise<void> {
    if (packs.length === 0) return
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder))
    for (const { name } of packs) unsure.add(name)
    for (const { unfinished, name } of packs) renameSync(unfinished, pathOf(name))
    await syncFolder(folder)
    for (const { name } of packs) unsure.delete(name)
  }

  return {
    folder,
    pathOf,
    names,
    strangers: () => entries().filter((name) => !packName.test(name)),
    read: (): readonly ListedPack[] =>
      names()
        .filter((name) => !unsure.has(name))
        .flatMap((name) => readPack(name) ?? []),
    place,

    /** Re-hashes its list and each of its files: its size when all is sound. */
    async check(name: Digest, signal?: AbortSignal): Promise<number | BlobDamage> {
      const broken = (kind: BlobDamage['kind'], detail: string, files: BlobDamage['files'] = null) =>
        ({ digest: name, kind, found: null, detail, files }) as const
      const file = pathOf(name)
      try {
        if (!lstatSync(file).isFile()) return broken('unreadable', 'something else than a file stands there')
        const list = readPackList(file)
        if (list?.name !== name) return broken('hurt', 'its list of files is hurt, so that none of them can be found')
        const hurt = await findHurtMembers(file, list.members, signal)
        if (hurt.length === 0) return list.sizeBytes
        return broken('hurt', `of ${list.members.length} files in this pack, ${hurt.length} are hurt`, hurt)
      } catch (error) {
        signal?.throwIfAborted()
        const detail = (error as NodeJS.ErrnoException).code ?? String(error)
        return broken('unreadable', `cannot be read (${detail})`)
      }
    },

    /** Of a pack in which some files are hurt: the others as a pack of their own. Null when there is nothing to part. */
    async copySound(name: Digest): Promise<ListedPack | null> {
      const pack = readPack(name)
      if (pack === null) return null
      const sound: (readonly [hex: string, length: number])[] = []
      const unfinished = join(temporary, temporaryName('put'))
      const copied = await writeWhole(unfinished, blobMode, async (handle) => {
        await eachMember(pack.file, pack.members, async ({ digest, length }, bytes) => {
          if (digestOf(bytes) !== digest) return
          await handle.writeFile(bytes)
          sound.push([digestHex(digest), length])
        })
        const { name: copy, end } = formatPackEnd(sound)
        await handle.writeFile(end)
        return copy
      })
      if (sound.length === 0 || copied === name) {
        await rm(unfinished)
        return null
      }
      await place([{ unfinished, name: copied }])
      return readPack(copied)
    },
  }
}

export type PackFolder = ReturnType<typeof createPackFolder>
