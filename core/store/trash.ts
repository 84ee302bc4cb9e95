import { existsSync, lstatSync } from 'node:fs'
import { lstat, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import { bytesIn } from './folder-bytes.ts'
import { makeFolder, syncFolder } from './publish.ts'

/**
 * A blob, a pack of small files (`packed/HEX` of the layout's folder), or what names files that blobs are parts of:
 * `packs/HEX`, `chunked/HEX`.
 */
export type TrashedKind = 'blob' | 'packed' | 'packs' | 'chunked'

export type Trashed = {
  /** In the trash folder. */
  readonly name: string
  readonly kind: TrashedKind
  readonly digest: Digest
  readonly trashedAtMs: number
  readonly sizeBytes: number
}

/** Copies of people's own files, made before something else was written in their place: `files/TIME/PATH`. */
export type TrashedCopies = { readonly name: string; readonly trashedAtMs: number; readonly sizeBytes: number }

export type TrashContent = {
  readonly entries: readonly Trashed[]
  readonly copies: readonly TrashedCopies[]
  /** Names that nobody here made: never touched. */
  readonly strangers: readonly string[]
}

export type Trash = ReturnType<typeof createTrash>

const entryPattern = /^(\d{1,15})-(?:(packed|packs|chunked)-)?([0-9a-f]{64})$/
/** ISO 8601 with dashes for what file names do not take everywhere. */
const copiesPattern = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/
const copiesFolder = 'files'

/**
 * What leaves the store goes by way of a folder from which it can be taken back. Nothing is followed: neither a folder
 * nor a name in it counts when it is a link.
 * @param places folder of each kind
 */
export function createTrash(places: Readonly<Record<TrashedKind, string>>, trash: string) {
  /** @throws store/folderReplaced */
  function refuseLinks(): void {
    const above = join(places.blob, '..')
    for (const folder of [join(above, '..'), above, ...Object.values(places), trash]) {
      const status = lstatSync(folder, { throwIfNoEntry: false })
      if (status !== undefined && !status.isDirectory()) throw fail('store/folderReplaced', { folder })
    }
  }

  /** What is gone already is passed over. @param moved is given those that it moved, also when it fails */
  async function moveIn<Entry extends { readonly kind: TrashedKind; readonly digest: Digest }>(
    entries: Iterable<Entry>,
    moved: Entry[] = [],
  ): Promise<readonly Entry[]> {
    const touched = new Set<string>()
    refuseLinks()
    await makeFolder(trash)
    try {
      for (const entry of entries) {
        const hex = digestHex(entry.digest)
        const name = entry.kind === 'blob' ? hex : `${entry.kind}-${hex}`
        try {
          await rename(join(places[entry.kind], hex), join(trash, `${Date.now()}-${name}`))
          moved.push(entry)
          touched.add(places[entry.kind])
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        }
      }
    } finally {
      if (touched.size > 0) for (const folder of [trash, ...touched]) await syncFolder(folder)
    }
    return moved
  }

  async function list(): Promise<TrashContent> {
    refuseLinks()
    const entries: Trashed[] = []
    const strangers: string[] = []
    for (const name of existsSync(trash) ? await readdir(trash) : []) {
      const [, at, kind = 'blob', hex] = entryPattern.exec(name) ?? []
      const status = await lstat(join(trash, name)).catch(() => null)
      if (status === null || name === copiesFolder) continue
      if (hex === undefined || !status.isFile()) strangers.push(name)
      else
        entries.push({
          name,
          kind: kind as TrashedKind,
          digest: parseDigest(`sha256:${hex}`),
          trashedAtMs: Number(at),
          // The bytes of a file that has another name stay with that.
          sizeBytes: status.nlink === 1 ? status.size : 0,
        })
    }
    return { entries, strangers, copies: await listCopies() }
  }

  async function listCopies(): Promise<readonly TrashedCopies[]> {
    const folder = join(trash, copiesFolder)
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
    const copies: TrashedCopies[] = []
    for (const name of await readdir(folder)) {
      const [, day, hours, minutes, seconds, milliseconds] = copiesPattern.exec(name) ?? []
      const trashedAtMs = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`)
      if (Number.isNaN(trashedAtMs) || !(await lstat(join(folder, name))).isDirectory()) continue
      copies.push({ name: join(copiesFolder, name), trashedAtMs, sizeBytes: await bytesIn(join(folder, name)) })
    }
    return copies
  }

  /** Ends what lies there for so long, but for what `isSpared` names. */
  async function empty(olderThanMs: number, isSpared: (entry: Trashed) => boolean = () => false) {
    const { entries, copies } = await list()
    const isOld = ({ trashedAtMs }: { readonly trashedAtMs: number }) => Date.now() - trashedAtMs >= olderThanMs
    const old = [...entries.filter((entry) => isOld(entry) && !isSpared(entry)), ...copies.filter(isOld)]
    for (const { name } of old) await rm(join(trash, name), { recursive: true, force: true })
    return { count: old.length, bytes: old.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
  }

  /** Back to where it was; whoever calls has looked at its bytes. */
  async function takeOut({ name, kind, digest }: Trashed): Promise<void> {
    refuseLinks()
    await makeFolder(places[kind])
    await rename(join(trash, name), join(places[kind], digestHex(digest)))
    for (const folder of [places[kind], trash]) await syncFolder(folder)
  }

  return { moveIn, list, empty, takeOut, refuseLinks, pathOf: ({ name }: Trashed) => join(trash, name) }
}
