import type { Readable } from 'node:stream'
import type { Digest } from '../domain/digest.ts'
import type { FileStamp } from './file-work.ts'
import type { SeenFiles } from './seen-files.ts'

export type { FileStamp } from './file-work.ts'

export type FileToKeep = {
  /** Absolute. The last name must not be a symbolic link: resolve it first. */
  readonly file: string
  readonly sizeBytes: number
  /** As the caller saw it: another file under this name is refused. */
  readonly dev?: number
  readonly ino?: number
  /** Kept bytes that these may have grown out of: only what is new is stored then. */
  readonly grewFrom?: Digest | null | undefined
}

export type KeptFile = {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly stamp: FileStamp
  /** `present`: nothing had to be stored. `chunks`: as what is new beside what is shared. `pack`: among many small ones. */
  readonly how: 'present' | 'reflink' | 'link' | 'copy' | 'chunks' | 'pack'
  /** What the store grew by. */
  readonly storedBytes: number
}

export type HashedFile = { readonly digest: Digest; readonly sizeBytes: number; readonly stamp: FileStamp }
export type FileCall = {
  /** `keep` tells of many small files as soon as they are hashed, long before they are durable. Perhaps not of all. */
  readonly onHashed?: ((file: FileToKeep, hashed: HashedFile) => void) | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Files of other people, kept in the store: hashed and copied on threads, at the speed of the disk. A file is kept
 * whole, or as chunks that it shares with an older state of it; whoever reads it does not see which.
 */
export type KeptFiles = {
  has(digest: Digest): boolean
  /** Those of them that are kept; of many at once, by one look into the folder. The same set while nothing differs. */
  heldAmong(digests: readonly (Digest | null)[]): ReadonlySet<Digest>
  /** Looks whether files are as they were seen, many of them by several threads. @returns as `compareSeen` */
  compare(seen: SeenFiles): boolean
  /** Null when it is not kept. */
  sizeOf(digest: Digest): number | null
  /** The blobs that a file kept in parts stands on, lists included; none for one that is a blob of its own. */
  partsOf(digest: Digest): Promise<readonly Digest[]>
  /** @throws store/notAFile, store/fileChanging, store/fileUnreadable */
  hash(files: readonly FileToKeep[], call?: FileCall): Promise<readonly HashedFile[]>
  /**
   * Durable when it resolves, all files by few syncs. `link` makes each file read-only and gives its own bytes a second
   * name instead of a copy, where the disk can. @throws as `hash`, and store/full, store/readOnly, store/unwritable
   */
  keep(
    files: readonly FileToKeep[],
    call?: FileCall & { readonly link?: boolean | undefined },
  ): Promise<readonly KeptFile[]>
  /** Ends with `store/blobHurt` instead of a normal end when the whole does not hash to `digest`. */
  openStream(digest: Digest): Readable
  /** Writes those bytes to a new file, verified; `file` must not exist. Not synced. */
  copyTo(digest: Digest, file: string): Promise<void>
  /** A read-only file that holds those bytes, for programs that need one; made of its chunks when it has to be. */
  fileOf(digest: Digest): Promise<string>
}
