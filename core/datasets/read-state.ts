import type { DatasetFile } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { digestOf } from '../store/hash-file.ts'
import { leastToChunk } from '../store/keep-grown.ts'
import type { FileCall, FileStamp, FileToKeep, HashedFile } from '../store/kept-files.ts'
import { isWhole, type StatCache } from '../store/stat-cache.ts'
import type { Store } from '../store/store.ts'
import type { FoundFile } from './find-files.ts'
import { treeListing } from './tree-listing.ts'

/** The files of a dataset with their digests, as one state. */
export type DatasetSnapshot = {
  readonly digest: Digest
  readonly files: readonly DatasetFile[]
  /** What the store grew by. */
  readonly storedBytes: number
  /** The text that `digest` is of, where it was made just now. */
  readonly listing: Uint8Array | null
}

export type KeepRule = {
  /** Larger files are hashed and not kept. */
  readonly mostBytes: number
  readonly link: boolean
  /** The digest that a file had in the version before, for files that grow. */
  readonly before: (path: string) => Digest | null
}

/** Files as they lie on disk, with what is known of their bytes without reading them. */
export type Looked = {
  readonly files: readonly FoundFile[]
  /** For each file in turn; null for one that has to be read. */
  readonly known: readonly (Digest | null)[]
  /** Those of the known that are in the store. */
  readonly held: ReadonlySet<Digest>
  /** Every file is known, and its bytes are in the store. */
  readonly isKept: boolean
}

type Use = { readonly store: Store; readonly cache: StatCache; readonly call?: FileCall }

export function lookAt(files: readonly FoundFile[], { store, cache }: Omit<Use, 'call'>): Looked {
  const known = cache.findAll(files)
  const held = store.files.heldAmong(known)
  if (!isWhole(known)) return { files, known, held, isKept: false }
  const isKept = wholeKept.get(known) === held || known.every((digest) => held.has(digest))
  if (isKept) wholeKept.set(known, held)
  return { files, known, held, isKept }
}

/** Lists of digests all of which are in a set: neither changes. */
const wholeKept = new WeakMap<Looked['known'], Looked['held']>()

/** Of what is wholly kept: the same look at the same digests is the same state. */
const keptStates = new WeakMap<Looked['known'], { readonly files: Looked['files']; readonly state: DatasetSnapshot }>()

/** Digests of every file, by the stat cache where it knows; with a rule the bytes are kept as well. */
export async function readSnapshot(looked: Looked, rule: KeepRule | null, use: Use): Promise<DatasetSnapshot> {
  if (!looked.isKept) return readFiles(looked, rule, use)
  const { files, known } = looked
  use.call?.onBytes?.(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  const before = keptStates.get(known)
  if (before?.files === files) return before.state
  const listed = listFiles(files, known, () => true)
  const listing = treeListing(listed)
  const state = { digest: digestOf(listing), files: listed, storedBytes: 0 }
  // Of what is remembered the text would be the larger part, and it is in the store.
  keptStates.set(known, { files, state: { ...state, listing: null } })
  return { ...state, listing }
}

async function readFiles(
  { files: found, known: digests, held }: Looked,
  rule: KeepRule | null,
  { store, cache, call }: Use,
): Promise<DatasetSnapshot> {
  const known = [...digests]
  const kept = new Set(held)
  const fileAt = (index: number) => found[index] as FoundFile
  const toHash: number[] = []
  const toKeep: number[] = []
  let settledBytes = 0
  for (let index = 0; index < found.length; index++) {
    const file = fileAt(index)
    const digest = known[index] ?? null
    const isWanted = rule !== null && file.sizeBytes <= rule.mostBytes
    if (isWanted && (digest === null || !held.has(digest))) toKeep.push(index)
    else if (digest === null) toHash.push(index)
    else settledBytes += file.sizeBytes
  }
  if (settledBytes > 0) call?.onBytes?.(settledBytes)
  const beganAtMs = Date.now()
  const remember = (index: number, { digest, stamp }: { readonly digest: Digest; readonly stamp: FileStamp }) => {
    known[index] = digest
    cache.remember(fileAt(index).file, stamp, digest, beganAtMs)
  }
  if (toHash.length > 0) {
    const hashed = await store.files.hash(
      toHash.map((index) => toWork(fileAt(index))),
      call,
    )
    for (const [at, one] of hashed.entries()) remember(toHash[at] as number, one)
    for (const digest of store.files.heldAmong(hashed.map((one) => one.digest))) kept.add(digest)
  }
  const toState = () => {
    const files = listFiles(found, known, (digest) => kept.has(digest))
    const listing = treeListing(files)
    return { digest: digestOf(listing), files, listing }
  }
  let state: ReturnType<typeof toState> | null = null
  let storedBytes = 0
  if (toKeep.length > 0) {
    const work = toKeep.map(fileAt).map((file) => ({
      ...toWork(file),
      grewFrom: file.sizeBytes < leastToChunk ? null : (rule?.before(file.path) ?? null),
    }))
    // What can be made ready while files are read and synced is not waited for afterwards: with thousands of small
    // files that is a good part of what is done here. Nobody sees it before all of them are durable.
    const indexes = new Map(work.map((one, at) => [one as FileToKeep, toKeep[at] as number]))
    const makeReady = () => {
      try {
        state = toState()
      } catch {
        // Whoever waits for the state meets it as well.
      }
    }
    const onHashed = (file: FileToKeep, hashed: HashedFile) => {
      const index = indexes.get(file) as number
      indexes.delete(file)
      remember(index, hashed)
      kept.add(hashed.digest)
      if (indexes.size === 0) setImmediate(makeReady)
    }
    const stored = await store.files.keep(work, { ...call, link: rule?.link, onHashed })
    for (const [at, one] of stored.entries()) {
      storedBytes += one.storedBytes
      const index = indexes.get(work[at] as FileToKeep)
      if (index === undefined) continue
      remember(index, one)
      kept.add(one.digest)
    }
  }
  return { ...(state ?? toState()), storedBytes }
}

/** The last list that was made, and what it was made of: what is as it was then is the same object. */
let lastListed: { readonly found: readonly FoundFile[]; readonly files: readonly DatasetFile[] } | null = null

function listFiles(
  found: readonly FoundFile[],
  known: Looked['known'],
  isKept: (digest: Digest) => boolean,
): readonly DatasetFile[] {
  const before = lastListed
  const files = found.map((file, index) => {
    const digest = known[index] as Digest
    const kept = isKept(digest)
    const one = before?.found[index] === file ? before.files[index] : undefined
    if (one?.digest === digest && one.kept === kept) return one
    return { path: file.path, digest, sizeBytes: file.sizeBytes, kept }
  })
  lastListed = { found, files }
  return files
}

function toWork({ file, sizeBytes, dev, ino }: FoundFile): FileToKeep {
  return { file, sizeBytes, dev, ino }
}
