import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { ChunkedFiles } from './chunked-files.ts'
import { hashFile } from './hash-file.ts'
import { findHurtMembers, readPackList } from './pack-list.ts'
import type { PackedFiles } from './packed-files.ts'
import type { Trash, Trashed } from './trash.ts'

type RestoreUse = {
  readonly trash: Trash
  readonly blobs: BlobFolder
  readonly chunked: ChunkedFiles
  readonly packed: PackedFiles
  /** Told of each thing that leaves the trash, of parts and packs that are wanted for what they hold, too. */
  readonly onTaken?: ((taken: Trashed) => void) | undefined
}

type OciManifest = {
  readonly config?: { readonly digest?: unknown }
  readonly layers?: readonly { readonly digest?: unknown }[]
}

/**
 * Takes out of the trash what is wanted and not in the store: whole blobs, and files that are kept in parts with all
 * their parts, which come before what names them. What lies there hurt stays there.
 * @returns those that are in the store again
 */
export async function restoreTrashed(wanted: ReadonlySet<Digest>, use: RestoreUse): Promise<readonly Digest[]> {
  const { trash, blobs, chunked, packed, onTaken } = use
  const { entries } = await trash.list()
  if (entries.length === 0) return []
  const lying = Map.groupBy(
    [...entries].sort((a, b) => b.trashedAtMs - a.trashedAtMs),
    ({ kind, digest }) => `${kind} ${digest}`,
  )
  const isKept = (digest: Digest) => blobs.sizeOf(digest) !== null || packed.has(digest) || chunked.has(digest)
  const isMissing = (digest: Digest) => wanted.has(digest) && !isKept(digest)
  const restored: Digest[] = []

  async function takeOut(entry: Trashed): Promise<void> {
    await trash.takeOut(entry)
    onTaken?.(entry)
  }

  /** True when it is in the store in the end. */
  async function takeBlob(digest: Digest): Promise<boolean> {
    if (blobs.sizeOf(digest) !== null) return true
    for (const entry of lying.get(`blob ${digest}`) ?? []) {
      if (!existsSync(trash.pathOf(entry)) || (await hashFile(trash.pathOf(entry))).digest !== digest) continue
      await takeOut(entry)
      if (wanted.has(digest)) restored.push(digest)
      return true
    }
    return false
  }

  /** A manifest and all that it names; false when not all of it can be had. */
  async function takeParts(manifest: Digest): Promise<boolean> {
    if (!(await takeBlob(manifest))) return false
    const { config, layers = [] } = JSON.parse((await blobs.readBytes(manifest)).toString('utf8')) as OciManifest
    for (const part of [config, ...layers]) if (isDigest(part?.digest) && !(await takeBlob(part.digest))) return false
    return true
  }

  async function takeChunked(entry: Trashed): Promise<void> {
    if (!wanted.has(entry.digest) || isKept(entry.digest)) return
    const manifest = (await readFile(trash.pathOf(entry), 'utf8')).trim().split(' ')[0]
    if (!isDigest(manifest) || !(await takeParts(manifest))) return
    await takeOut(entry)
    restored.push(entry.digest)
  }

  async function takeBlobPack(entry: Trashed): Promise<void> {
    const missing = (await filesOfPack(entry.digest)).filter(isMissing)
    if (missing.length === 0 || !(await takeParts(entry.digest))) return
    await takeOut(entry)
    packed.reread()
    restored.push(...missing)
  }

  /** Whole or not at all: one that went because of a few hurt files left the others behind. */
  async function takePack(entry: Trashed): Promise<void> {
    const missing = await missingInPack(entry)
    if (missing.length === 0) return
    await takeOut(entry)
    packed.reread()
    restored.push(...missing)
  }

  async function missingInPack(entry: Trashed): Promise<readonly Digest[]> {
    try {
      const list = readPackList(trash.pathOf(entry))
      if (list?.name !== entry.digest) return []
      const missing = list.members.map(({ digest }) => digest).filter(isMissing)
      if (missing.length === 0) return []
      return (await findHurtMembers(trash.pathOf(entry), list.members)).length > 0 ? [] : missing
    } catch {
      // Gone meanwhile, or it cannot be read now: it is looked for again when it is asked for again.
      return []
    }
  }

  /** Wherever its list lies. */
  async function filesOfPack(manifest: Digest): Promise<readonly Digest[]> {
    try {
      const { config } = JSON.parse(await textOf(manifest)) as OciManifest
      if (!isDigest(config?.digest)) return []
      const { files } = JSON.parse(await textOf(config.digest)) as { files: readonly (readonly [string])[] }
      return files.flatMap(([hex]) => (isDigest(`sha256:${hex}`) ? [`sha256:${hex}` as Digest] : []))
    } catch {
      // Hurt or gone: nothing of it can be given back, and it is looked for by nobody but doctor.
      return []
    }
  }

  function textOf(digest: Digest): Promise<string> {
    const entry = blobs.sizeOf(digest) === null ? lying.get(`blob ${digest}`)?.[0] : undefined
    return readFile(entry === undefined ? blobs.pathOf(digest) : trash.pathOf(entry), 'utf8')
  }

  for (const [found] of lying.values()) {
    const entry = found as Trashed
    if (entry.kind === 'chunked') await takeChunked(entry)
    else if (entry.kind === 'packed') await takePack(entry)
    else if (entry.kind === 'packs') await takeBlobPack(entry)
    else if (wanted.has(entry.digest) && !isKept(entry.digest)) await takeBlob(entry.digest)
  }
  return restored
}
