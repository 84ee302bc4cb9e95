import { type Stats, statSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import { type ChunkedFiles, manifestReference } from './chunked-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { findReachable } from './reachable.ts'
import type { StoreReference } from './store.ts'
import type { TrashedKind } from './trash.ts'
import { blobName } from './verify-blobs.ts'

export type SweepLimits = {
  /** What got its name in the store after this long ago stays. */
  readonly olderThanMs: number
  /** What was put again by this process after this long ago stays: somebody may be about to record it. */
  readonly sparePutsOfMs?: number | undefined
}

export type UnusedBlob = {
  readonly digest: Digest
  /** What ending it frees: nothing while the file has a second name. */
  readonly freesBytes: number
  readonly storedAt: string
}

/** What nothing leads to. */
export type SweepPlan = {
  readonly blobs: readonly UnusedBlob[]
  readonly pointers: readonly { readonly kind: Exclude<TrashedKind, 'blob'>; readonly digest: Digest }[]
  /** Not needed, and too young to go. */
  readonly young: { readonly count: number; readonly bytes: number }
  /** Files that nothing needs, in packs that stay for the sake of others. */
  readonly besideOthers: { readonly count: number; readonly bytes: number }
  /** Every blob, and why it stays: `keep` names it, a name of index.json leads to it, or a file that is kept in parts. */
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
    ...packed.manifests().map(({ manifest, files }) => ({
      pointer: { kind: 'packs' as const, digest: manifest },
      reference: manifestReference(manifest, manifest),
      isWanted: files.some((digest) => wanted.has(digest)),
    })),
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
    const status = await lstat(join(folder, name)).catch(() => null)
    // Something else than a file is nothing of ours, whatever its name says.
    if (!status?.isFile()) continue
    const by = wanted.has(digest) ? 'keep' : named.has(digest) ? 'names' : inParts.has(digest) ? 'parts' : null
    stored.push({ digest, bytes: status.size, by })
    if (by !== null) continue
    const freesBytes = status.nlink === 1 ? status.size : 0
    if (isYoung(status, digest)) {
      young.count++
      young.bytes += freesBytes
    } else unused.push({ digest, freesBytes, storedAt: status.ctime.toISOString() })
  }
  const pointers = due.map(({ pointer }) => pointer)
  return { blobs: unused, pointers, young, besideOthers: countBesideOthers(wanted, pointers, packed), stored }
}

function countBesideOthers(wanted: ReadonlySet<Digest>, going: SweepPlan['pointers'], packed: PackedFiles) {
  const gone = new Set(going.map(({ digest }) => digestHex(digest)))
  const total = { count: 0, bytes: 0 }
  for (const { manifest, files } of packed.manifests()) {
    if (gone.has(digestHex(manifest)) || !files.some((digest) => wanted.has(digest))) continue
    for (const digest of files) {
      if (wanted.has(digest)) continue
      total.count++
      total.bytes += packed.sizeOf(digest) ?? 0
    }
  }
  return total
}
