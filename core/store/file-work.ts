import type { Digest } from '../domain/digest.ts'
import type { Chunking } from './chunker.ts'
import type { SeenFiles } from './seen-files.ts'

/** What threads of the file pool are asked, and what they answer. */

/** A file as the caller saw it; another one under its name is refused. */
export type WorkFile = { readonly file: string; readonly dev?: number; readonly ino?: number }

/** Many of them, see gathered-columns.ts. */
export type WorkFiles = { readonly count: number; readonly paths: string; readonly ids: Float64Array }

/** Identity, size and times: two equal stamps mean that nothing was written between. */
export type FileStamp = {
  readonly dev: number
  readonly ino: number
  readonly sizeBytes: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

export type Staging = {
  readonly folder: string
  /** `blobs/sha256`: what stands there is not staged again. */
  readonly blobs: string
  /** Hard links instead of copies, where the disk can; the file is made read-only first. */
  readonly link: boolean
  /** False when the caller syncs the whole disk once for many small files. */
  readonly sync: boolean
}

export type ByteRange = { readonly offset: number; readonly length: number; readonly hex: string }

export type Work =
  /** Hashes each file; with a staging folder it leaves a copy of those very bytes there. */
  | { readonly kind: 'take'; readonly files: readonly WorkFile[]; readonly staging: Staging | null }
  /** Writes small files one after the other into one new file, but those whose digests `known` holds, in order. */
  | {
      readonly kind: 'gather'
      readonly files: WorkFiles
      readonly staging: Staging
      readonly known: Uint8Array
    }
  /** Hashes the file whole, and cuts what comes after the bytes with which an older state of it begins as well. */
  | {
      readonly kind: 'chunk'
      readonly file: WorkFile
      readonly chunking: Chunking
      readonly older: readonly OldPiece[]
    }
  /** Cuts a part of a blob. */
  | { readonly kind: 'cut'; readonly part: OldPiece; readonly chunking: Chunking }
  /** Writes parts of the file one after the other into one new file, each checked against its hash. */
  | { readonly kind: 'pack'; readonly file: WorkFile; readonly ranges: readonly ByteRange[]; readonly staging: Staging }

export type GatheredFile = {
  readonly digest: Digest
  readonly stamp: FileStamp
  /** Where it begins in the pack; null when the store had those bytes already. */
  readonly offset: number | null
  /** True when the pack grew by it. */
  readonly isNew: boolean
}
/** The hash of a pack is that of its list. */
export type Gathered = { readonly files: readonly (GatheredFile | Refusal)[]; readonly pack: Packed | null }
/** The same files as a thread tells of them. */
export type GatheredColumns = {
  readonly hexes: string
  readonly stamps: Float64Array
  readonly offsets: Float64Array
  readonly isNew: Uint8Array
  readonly refused: readonly (readonly [index: number, refusal: WorkRefusal])[]
}
export type GatherAnswer = { readonly columns: GatheredColumns; readonly pack: Packed | null }

export type Taken = {
  readonly hex: string
  readonly stamp: FileStamp
  readonly staged: string | null
  /** `present`: the store has those bytes already, so there is no copy. */
  readonly how: 'hashed' | 'present' | 'reflink' | 'link' | 'copy'
}
/** Bytes of an older state, in a blob; `isUncut` when they may be divided anywhere. */
export type OldPiece = {
  readonly file: string
  readonly offset: number
  readonly length: number
  readonly isUncut: boolean
}
export type Chunked = {
  readonly hex: string
  readonly stamp: FileStamp
  /** How far the file is as it was, up to the end of a piece or into one that is not cut; with the hash of that. */
  readonly same: { readonly bytes: number; readonly hex: string }
  /** What follows. */
  readonly chunks: readonly Chunk[]
}
export type Chunk = { readonly hex: string; readonly length: number }
export type Cut = { readonly chunks: readonly Chunk[] }
export type Packed = { readonly hex: string; readonly sizeBytes: number; readonly staged: string }

export type Refusal = { readonly refused: WorkRefusal }
export type WorkRefusal =
  | { readonly reason: 'notAFile'; readonly what: string }
  | { readonly reason: 'changing' }
  | { readonly reason: 'stopped' }
  | { readonly reason: 'disk'; readonly code: string; readonly where: 'source' | 'store' }

export type WorkRequest = {
  readonly id: number
  readonly work: Work
  /** Its first word is no longer 0 once the work was called off. */
  readonly stop: SharedArrayBuffer
}
/** Nothing is answered: what is found is written where all threads see it. */
export type LookRequest = { readonly seen: SeenFiles }
export type WorkResult = Taken | GatherAnswer | Chunked | Cut | Packed | Refusal
export type WorkAnswer = { readonly id: number; readonly results: readonly WorkResult[] }
/** Bytes read since the last word, for progress. */
export type WorkProgress = { readonly id: number; readonly bytes: number }
