import { type Stats, statSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import { type ChunkedFiles, manifestReference } from './chunked-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { findReachable } from './reachable.ts'
import type { StoreReference } from './store.ts'
import { blobName } from './verify-blobs.ts'

export type SweepLimits = {
  /** What got its name in the store after this long ago stays. */
  readonly olderThanMs: number
  /** What was put again by this process after this long ago stays: somebody may be about to record it. */
  readonly sparePutsOfMs?: number | undefined
}

/** A blob, or a pack, which goes whole. */
export type UnusedBlob = {
  readonly kind: 'blob' | 'packed'
  readonly digest: Digest
  /** What ending it frees: nothing while the file has a second name. */
  readonly freesBytes: number
  readonly storedAt: string
}

/** What nothing leads to. */
export type SweepPlan = {
  readonly blobs: readonly UnusedBlob[]
  readonly pointers: readonly { readonly kind: 'packs' | 'chunked'; readonly digest: Digest }[]
  /** Not needed, and too young to go. */
  readonly young: { readonly count: number; readonly bytes: number }
  /** Files that nothing needs, in packs that stay for the sake of others. */
  readonly besideOthers: { readonly count: number; readonly bytes: number }
  /** Every blob and pack, and why it stays: `keep` names it, a name of index.json leads to it, or a file that is kept in parts. */
  readonly stored: readonly {
    readonly digest: Digest
    readonly bytes: number
    readonly by: 'keep' | 'names' | 'parts' | null
  }[]
}

export type SweepUse = {
  readonly folder: string
  readonly blobs: BlobFolder
  readonly chunked: ChunkedFiles
  readonly packed: PackedFiles
  readonly references: () => Promise<readonly StoreReference[]>
}

/** Looks, and moves nothing. @throws what a manifest throws behind which nothing can be seen */
export async function planSweep(keep: Iterable<Digest>, limits: SweepLimits, use: SweepUse): Promise<SweepPlan> {
  const { folder, blobs, chunked, packed } = use
  const wanted = new Set([...keep, ...packed.obscure()])
  const isYoung = ({ ctimeMs }: Stats, digest: Digest) =>
    Date.now() - ctimeMs < limits.olderThanMs || blobs.wasPutWithin(digest, limits.sparePutsOfMs ?? 0)
  /** A pointer goes with its manifest: while that is too young, all that it leads to stays as well. */
  const isDue = (manifest: Digest): boolean => {
    const status = statSync(blobs.pathOf(manifest), { throwIfNoEntry: false })
    return status === undefined || !isYoung(status, manifest)
  }
  const parts = [
    ...chunked.manifests().map(({ digest, manifest }) => ({
      pointer: { kind: 'chunked' as const, digest },
      reference: manifestReference(digest, manifest),
      isWanted: wanted.has(digest),
    })),
    ...packed.packs().flatMap(({ kind, name, files }) => {
      if (kind === 'packed') return []
      const isWanted = files.some((digest) => wanted.has(digest))
      return [{ pointer: { kind, digest: name }, reference: manifestReference(name, name), isWanted }]
    }),
  ]
  const due = parts.filter(({ isWanted, reference }) => !isWanted && isDue(reference.descriptor.digest))
  const going = new Set(due)
  const staying = parts.filter((part) => !going.has(part)).map(({ reference }) => reference)
  const named = await findReachable(await use.references(), blobs.readBytes, 'refuse')
  const inParts = await findReachable(staying, blobs.readBytes, 'refuse')

  const unused: UnusedBlob[] = []
  const young = { count: 0, bytes: 0 }
  const stored: SweepPlan['stored'][number][] = []
  for (const name of await readdir(folder)) {
    if (!blobName.test(name)) continue
    const digest = parseDigest(`sha256:${name}`)
    const by = wanted.has(digest) ? 'keep' : named.has(digest) ? 'names' : inParts.has(digest) ? 'parts' : null
    await weigh('blob', digest, join(folder, name), by)
  }
  const filesOf = new Map(packed.packs().map(({ name, files }) => [name, files]))
  for (const name of packed.folder.names()) {
    // One whose list is hurt may hold what is needed: doctor says so.
    const isWanted = filesOf.get(name)?.some((digest) => wanted.has(digest)) ?? true
    await weigh('packed', name, packed.folder.pathOf(name), isWanted ? 'parts' : null)
  }
  const pointers = due.map(({ pointer }) => pointer)
  return { blobs: unused, pointers, young, besideOthers: countBesideOthers(wanted, pointers, packed), stored }

  async function weigh(kind: UnusedBlob['kind'], digest: Digest, file: string, by: (typeof stored)[number]['by']) {
    const status = await lstat(file).catch(() => null)
    // Something else than a file is nothing of ours, whatever its name says.
    if (!status?.isFile()) return
    stored.push({ digest, bytes: status.size, by })
    if (by !== null) return
    const freesBytes = status.nlink === 1 ? status.size : 0
    if (isYoung(status, digest)) {
      young.count++
      young.bytes += freesBytes
    } else unused.push({ kind, digest, freesBytes, storedAt: status.ctime.toISOString() })
  }
}

function countBesideOthers(wanted: ReadonlySet<Digest>, going: SweepPlan['pointers'], packed: PackedFiles) {
  const gone = new Set(going.map(({ digest }) => digestHex(digest)))
  const total = { count: 0, bytes: 0 }
  for (const { name, files } of packed.packs()) {
    if (gone.has(digestHex(name)) || !files.some((digest) => wanted.has(digest))) continue
    for (const digest of files) {
      if (wanted.has(digest)) continue
      total.count++
      total.bytes += packed.sizeOf(digest) ?? 0
    }
  }
  return total
}
