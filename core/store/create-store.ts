import { mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Digest } from '../domain/digest.ts'
import { isFailure } from '../domain/failure.ts'
import { createBlobFolder } from './blob-folder.ts'
import { createChunkedFiles, manifestReference } from './chunked-files.ts'
import { createKeptFiles } from './create-kept-files.ts'
import { toStoreFailure } from './file-failure.ts'
import { createGroupedPuts } from './grouped-puts.ts'
import { formatIndex, readIndex } from './layout-index.ts'
import { openLayout } from './open-layout.ts'
import { createPackedFiles } from './packed-files.ts'
import { makeFolder, publishText } from './publish.ts'
import { findReachable } from './reachable.ts'
import { restoreTrashed } from './restore-trashed.ts'
import { createStandingBlobs } from './standing-blobs.ts'
import type { Store, StoreReference } from './store.ts'
import { planSweep, type SweepLimits, type UnusedBlob } from './sweep.ts'
import { temporaryName, temporaryPrefix } from './temporary-names.ts'
import { createTrash, type Trashed } from './trash.ts'
import { verifyBlobs } from './verify-blobs.ts'

/** So many are moved before the next are looked at, each few with one sync of the folders. */
const fewMoved = 500

/**
 * Opens the store in `folder`, making it when it is new. `tmp` and `trash` lie beside it, on the same disk.
 * A folder that takes no writes is opened all the same: only puts fail then.
 * @throws store/notALayout when something else is there
 */
export async function createStore(folder: string): Promise<Store> {
  const temporary = join(dirname(folder), 'tmp')
  const blobsFolder = join(folder, 'blobs', 'sha256')
  const blobs = createBlobFolder(blobsFolder, temporary, (digest) => restore([digest]))
  const trashFolder = join(dirname(folder), 'trash')
  const places = {
    blob: blobsFolder,
    packed: join(folder, 'packed'),
    packs: join(folder, 'packs'),
    chunked: join(folder, 'chunked'),
  }
  const trash = createTrash(places, trashFolder)
  const chunked = createChunkedFiles(places.chunked, temporary, blobs)
  const packed = createPackedFiles(places, temporary, blobs)
  const files = createKeptFiles(blobs, chunked, packed, temporary)
  const has = (digest: Digest) => blobs.sizeOf(digest) !== null
  let indexTurn: Promise<unknown> = Promise.resolve()

  await typed(() => openLayout({ folder, blobs: blobsFolder, packed: places.packed, temporary, trash: trashFolder }))

  async function typed<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw toStoreFailure(error, folder)
    }
  }

  /** One change at a time, each published whole. */
  function changeIndex(change: (references: readonly StoreReference[]) => readonly StoreReference[]): Promise<void> {
    const turn = indexTurn.then(() =>
      typed(async () => {
        const text = formatIndex(change(await readIndex(folder)))
        await publishText(join(temporary, temporaryName('put')), join(folder, 'index.json'), text)
      }),
    )
    indexTurn = turn.catch(() => undefined)
    return turn
  }

  /** The manifests of packs that are blobs, and of files that are kept in chunks, as index.json would name them. */
  const partReferences = () => [
    ...chunked.manifests().map(({ digest, manifest }) => manifestReference(digest, manifest)),
    ...packed.packs().flatMap(({ kind, name }) => (kind === 'packs' ? [manifestReference(name, name)] : [])),
  ]

  const kindOf = (digest: Digest): 'packed' | 'blob' =>
    blobs.sizeOf(digest) === null && packed.isPack(digest) ? 'packed' : 'blob'
  const restore = (wanted: Iterable<Digest>, onTaken?: (taken: Trashed) => void) =>
    restoreTrashed(new Set(wanted), { trash, blobs, chunked, packed, onTaken })
  const findUnused = (keep: Iterable<Digest>, limits: SweepLimits) =>
    planSweep(keep, limits, { folder: blobsFolder, blobs, chunked, packed, references: () => readIndex(folder) })

  const store: Store = {
    folder,
    files: { ...files, keep: (kept, call) => typed(() => files.keep(kept, call)) },
    pathOf: blobs.pathOf,
    sizeOf: blobs.sizeOf,
    has,
    look: createStandingBlobs(blobsFolder, has),

    makeStaging: (purpose) =>
      typed(async () => {
        const make = () => mkdtempSync(join(temporary, temporaryPrefix(purpose)))
        try {
          return make()
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
          await makeFolder(temporary)
          return make()
        }
      }),
    putBytes: (bytes, mediaType) =>
      typed(async () => ({
        mediaType,
        ...(await blobs.putBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)),
      })),
    putFile: (file, mediaType, { move = false } = {}) =>
      typed(async () => ({ mediaType, ...(await blobs.putFile(file, move)) })),
    putStream: (stream, mediaType, expected = {}) =>
      typed(async () => ({ mediaType, ...(await blobs.putStream(stream, expected)) })),

    readBytes: blobs.readBytes,
    readText: async (digest) => (await blobs.readBytes(digest)).toString('utf8'),
    readRange: blobs.readRange,
    openStream: (digest) => Readable.from(blobs.readVerified(digest), { objectMode: false }),

    references: () => readIndex(folder),
    setReference: (reference) =>
      changeIndex((references) => [...references.filter(({ name }) => name !== reference.name), reference]),
    removeReference: (name) => changeIndex((references) => references.filter((reference) => reference.name !== name)),

    async verifyAll(options = {}) {
      const { references, problem } = await tryReadIndex(folder)
      const named = await findReachable([...references, ...partReferences()], blobs.readBytes)
      // A file that is kept in parts is no blob of its own; their manifest is looked for, and what that leads to.
      const expected = [...(options.expected ?? [])].filter(
        (digest) => blobs.sizeOf(digest) !== null || !files.has(digest),
      )
      const check = await verifyBlobs(blobsFolder, packed.folder, { ...options, expected: [...expected, ...named] })
      return { ...check, indexProblem: problem }
    },
    moveToTrash: (digests) =>
      typed(async () => {
        const entries = [...digests].map((digest) => ({ kind: kindOf(digest), digest }))
        for (const { kind, digest } of entries) if (kind === 'packed') await packed.rescue(digest)
        const moved = await trash.moveIn(entries)
        if (moved.some(({ kind }) => kind === 'packed')) packed.reread()
        return moved.map(({ digest }) => digest)
      }),
    planSweep: (keep, limits) =>
      typed(async () => {
        trash.refuseLinks()
        return findUnused(keep, limits)
      }),
    sweepUnreferenced: (keep, limits, onMoved) =>
      typed(async () => {
        trash.refuseLinks()
        const { blobs: unused, pointers } = await findUnused(keep, limits)
        // What names parts goes before them: a sweep that is cut off in between leaves no name that leads nowhere.
        if (pointers.length > 0) await trash.moveIn(pointers)
        const swept: UnusedBlob[] = []
        for (let at = 0; at < unused.length; at += fewMoved) {
          const few = unused.slice(at, at + fewMoved)
          const moved: UnusedBlob[] = []
          try {
            await trash.moveIn(few, moved)
          } finally {
            swept.push(...moved)
            packed.reread()
            if (moved.length > 0) onMoved?.(moved, unused.length)
          }
        }
        packed.reread()
        return swept
      }),
    trashed: () => typed(() => trash.list()),
    restoreTrashed: (wanted, onTaken) => typed(() => restore(wanted, onTaken)),
    emptyTrash: (olderThanMs) => typed(() => trash.empty(olderThanMs)),
    openGroup: () => createGroupedPuts(store, blobs, temporary),
  }
  return store
}

async function tryReadIndex(folder: string) {
  try {
    return { references: await readIndex(folder), problem: null }
  } catch (error) {
    if (isFailure(error)) return { references: [], problem: error.message }
    throw error
  }
}
