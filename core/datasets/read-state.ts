import { createHash } from 'node:crypto'
import type { DatasetFile } from '../domain/dataset.ts'
import { type Digest, parseDigest } from '../domain/digest.ts'
import { canonicalJson } from '../domain/json.ts'
import type { FileCall, FileStamp, FileToKeep } from '../store/kept-files.ts'
import type { StatCache } from '../store/stat-cache.ts'
import type { Store } from '../store/store.ts'
import type { FoundFile } from './find-files.ts'

/** The files of a dataset with their digests, as one state. */
export type DatasetSnapshot = {
  readonly digest: Digest
  readonly files: readonly DatasetFile[]
  /** What the store grew by. */
  readonly storedBytes: number
}

export type KeepRule = {
  /** Larger files are hashed and not kept. */
  readonly mostBytes: number
  readonly link: boolean
  /** The digest that a file had in the version before, for files that grow. */
  readonly before: (path: string) => Digest | null
}

/** Digests of every file, by the stat cache where it knows; with a rule the bytes are kept as well. */
export async function readSnapshot(
  found: readonly FoundFile[],
  rule: KeepRule | null,
  { store, cache, call }: { readonly store: Store; readonly cache: StatCache; readonly call?: FileCall },
): Promise<DatasetSnapshot> {
  const digests = new Map<string, Digest>()
  const toHash: FoundFile[] = []
  const toKeep: FoundFile[] = []
  for (const file of found) {
    const known = cache.find(file.file, stampOf(file))
    if (known !== null) digests.set(file.path, known)
    if (rule !== null && file.sizeBytes <= rule.mostBytes) {
      if (known === null || !store.files.has(known)) toKeep.push(file)
      else call?.onBytes?.(file.sizeBytes)
    } else if (known === null) toHash.push(file)
    else call?.onBytes?.(file.sizeBytes)
  }
  const beganAtMs = Date.now()
  const hashed = toHash.length === 0 ? [] : await store.files.hash(toHash.map(toWork), call)
  const kept =
    toKeep.length === 0
      ? []
      : await store.files.keep(
          toKeep.map((file) => ({ ...toWork(file), grewFrom: rule?.before(file.path) ?? null })),
          { ...call, link: rule?.link },
        )
  const remember = (files: readonly FoundFile[], results: readonly { digest: Digest; stamp: FileStamp }[]) => {
    for (const [index, { digest, stamp }] of results.entries()) {
      const { path, file } = files[index] as FoundFile
      digests.set(path, digest)
      cache.remember(file, stamp, digest, beganAtMs)
    }
  }
  remember(toHash, hashed)
  remember(toKeep, kept)
  const files = found.map(({ path, sizeBytes }) => {
    const digest = digests.get(path) as Digest
    return { path, digest, sizeBytes, kept: store.files.has(digest) }
  })
  return {
    digest: treeDigest(files),
    files,
    storedBytes: kept.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
  }
}

/** The identity of a state: the digest of its listing. */
export function treeDigest(files: readonly ListedFile[]): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(treeListing(files)).digest('hex')}`)
}

/** Its paths, digests and sizes in order; where and when it was read is no part of it. */
export function treeListing(files: readonly ListedFile[]): string {
  return canonicalJson(
    [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
  )
}

type ListedFile = Pick<DatasetFile, 'path' | 'digest' | 'sizeBytes'>

function stampOf({ dev, ino, sizeBytes, mtimeMs, ctimeMs }: FoundFile): FileStamp {
  return { dev, ino, sizeBytes, mtimeMs, ctimeMs }
}

function toWork({ file, sizeBytes, dev, ino }: FoundFile): FileToKeep {
  return { file, sizeBytes, dev, ino }
}
