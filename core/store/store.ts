import type { Readable } from 'node:stream'
import type { Descriptor } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import type { KeptFiles } from './kept-files.ts'
import type { SweepLimits, SweepPlan, UnusedBlob } from './sweep.ts'
import type { TrashContent, Trashed } from './trash.ts'

/** A name in the layout's index.json: how an image is found by tag. */
export type StoreReference = {
  readonly name: string
  readonly descriptor: Descriptor
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string } | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

/** What is wrong with bytes that should be in the store. `found` is null when they are gone or unreadable. */
export type BlobDamage = {
  readonly digest: Digest
  readonly kind: 'hurt' | 'missing' | 'unreadable'
  readonly found: Digest | null
  readonly detail: string
  /** Of a pack: which of the small files in it are hit; null when none of them can be had. */
  readonly files?: readonly Digest[] | null
}

export type StoreCheck = {
  readonly blobs: number
  readonly bytes: number
  readonly damage: readonly BlobDamage[]
  /** Names among blobs and packs that are no digest: never ours, never touched. */
  readonly strangers: readonly string[]
  /** Why index.json cannot be read, in words; null when it can. */
  readonly indexProblem: string | null
}

/**
 * Content-addressed bytes; the folder is an OCI image layout. A put returns when the bytes survive a power cut,
 * and stores equal bytes once. Everything read is re-hashed: `store/blobHurt` or `store/blobMissing`.
 */
export type Store = {
  readonly folder: string
  /** Data files, which may be large, many, and grow. */
  readonly files: KeptFiles
  /** A fresh folder for one writer's unfinished files; swept when its process is gone. */
  makeStaging(purpose: string): Promise<string>
  putBytes(bytes: Uint8Array | string, mediaType: string): Promise<Descriptor>
  /** `move` gives the file up: it is renamed into the store when it can be. Only regular files are taken. */
  putFile(file: string, mediaType: string, options?: { readonly move?: boolean }): Promise<Descriptor>
  /** Refuses with `store/digestMismatch` when the bytes are not the `digest` or `sizeBytes` that were announced. */
  putStream(
    stream: AsyncIterable<Uint8Array>,
    mediaType: string,
    expected?: { readonly digest?: Digest | undefined; readonly sizeBytes?: number | undefined },
  ): Promise<Descriptor>
  has(digest: Digest): boolean
  /** `has` for many digests at this moment, most of them answered by one look at the folder. */
  look(): (digest: Digest) => boolean
  /** Null when it is missing. */
  sizeOf(digest: Digest): number | null
  /** Where the bytes lie (read-only): for handing to a process or an engine; never stored. */
  pathOf(digest: Digest): string
  readBytes(digest: Digest): Promise<Buffer>
  readText(digest: Digest): Promise<string>
  /** A part, no longer than the blob; the whole is re-hashed once and again whenever its file changed. */
  readRange(digest: Digest, offset: number, length: number): Promise<Buffer>
  /** The whole blob; ends with `store/blobHurt` instead of a normal end when the hash is wrong. */
  openStream(digest: Digest): Readable
  references(): Promise<readonly StoreReference[]>
  /** Adds or moves a name, atomically. */
  setReference(reference: StoreReference): Promise<void>
  removeReference(name: string): Promise<void>
  /** Re-hashes every blob and every file in a pack, and looks for `expected` ones and those that index.json leads to. */
  verifyAll(options?: {
    readonly expected?: Iterable<Digest>
    readonly onProgress?: (done: number, total: number, bytes: number) => void
    readonly signal?: AbortSignal
  }): Promise<StoreCheck>
  /**
   * Moves blobs and packs to the trash folder beside the store (`hurt` ones may be replaced by a new put then). What is
   * sound in a pack is copied to another one before.
   */
  moveToTrash(digests: Iterable<Digest>): Promise<readonly Digest[]>
  /** What neither `keep` nor index.json leads to, and is not too young to go. Moves nothing. */
  planSweep(keep: Iterable<Digest>, limits: SweepLimits): Promise<SweepPlan>
  /**
   * Moves that into the trash, some hundred at a time; `onMoved` is told of each such lot, and of how many there are.
   * @throws store/full when not even a name in the trash finds space; what was moved before is told by `onMoved`
   */
  sweepUnreferenced(
    keep: Iterable<Digest>,
    limits: SweepLimits,
    onMoved?: (moved: readonly UnusedBlob[], total: number) => void,
  ): Promise<readonly UnusedBlob[]>
  trashed(): Promise<TrashContent>
  /**
   * Takes out of the trash what is wanted and not in the store. Reading something does so by itself.
   * @param onTaken is told of what left the trash for that: a pack whole, and each part of what is kept in parts
   */
  restoreTrashed(wanted: Iterable<Digest>, onTaken?: (taken: Trashed) => void): Promise<readonly Digest[]>
  /** Ends trash older than `olderThanMs`; the only place where bytes end. */
  emptyTrash(olderThanMs: number): Promise<{ readonly count: number; readonly bytes: number }>
  /** For one run: puts that wait for the disk together, not each by itself. */
  openGroup(): GroupedPuts
}

/**
 * The store, but for one thing: what is put can be read from here at once, and survives a power cut only when a
 * `settle` that was called after it has returned. Whoever records a digest calls that first.
 */
export type GroupedPuts = Store & {
  /** @throws whatever the disk refused, from then on always */
  settle(): Promise<void>
  unsettledBytes(): number
  /** Paths of the group lead nowhere from here on; what was not settled is gone. */
  end(): Promise<void>
}
