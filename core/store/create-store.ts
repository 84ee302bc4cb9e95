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
import type { Store, StoreReference } from './store.ts'
import { temporaryName, temporaryPrefix } from './temporary-names.ts'
import { createTrash } from './trash.ts'
import { verifyBlobs } from './verify-blobs.ts'

/**
 * Opens the store in `folder`, making it when it is new. `tmp` and `trash` lie beside it, on the same disk.
 * A folder that takes no writes is opened all the same: only puts fail then.
 * @throws store/notALayout when something else is there
 */
export async function createStore(folder: string): Promise<Store> {
  const temporary = join(dirname(folder), 'tmp')
  const blobsFolder = join(folder, 'blobs', 'sha256')
  const blobs = createBlobFolder(blobsFolder, temporary)
  const trashFolder = join(dirname(folder), 'trash')
  const trash = createTrash(blobsFolder, trashFolder)
  const chunked = createChunkedFiles(join(folder, 'chunked'), temporary, blobs)
  const packed = createPackedFiles(join(folder, 'packs'), blobs)
  const files = createKeptFiles(blobs, chunked, packed, temporary)
  let indexTurn: Promise<unknown> = Promise.resolve()

  await typed(() => openLayout(folder, blobsFolder, temporary, trashFolder))

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

  /** The manifests of packs, and of files that are kept in chunks, as index.json would name them. */
  const partReferences = (isWanted: (digest: Digest) => boolean = () => true) => [
    ...chunked
      .manifests()
      .filter(({ digest }) => isWanted(digest))
      .map(({ digest, manifest }) => manifestReference(digest, manifest)),
    ...packed
      .manifests()
      .filter((one) => one.files.some(isWanted))
      .map(({ manifest }) => manifestReference(manifest, manifest)),
  ]

  const store: Store = {
    folder,
    files: { ...files, keep: (kept, call) => typed(() => files.keep(kept, call)) },
    pathOf: blobs.pathOf,
    sizeOf: blobs.sizeOf,
    has: (digest) => blobs.sizeOf(digest) !== null,

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
      const check = await verifyBlobs(blobsFolder, { ...options, expected: [...expected, ...named] })
      return { ...check, indexProblem: problem }
    },
    moveToTrash: (digests) => typed(() => trash.moveIn(digests)),
    sweepUnreferenced: (keep, olderThanMs) =>
      typed(async () => {
        const wanted = new Set(keep)
        const kept = partReferences((digest) => wanted.has(digest))
        const reachable = await findReachable([...(await readIndex(folder)), ...kept], blobs.readBytes, 'refuse')
        const swept = await trash.sweep(new Set([...wanted, ...reachable]), olderThanMs)
        for (const { digest, manifest } of chunked.manifests()) {
          if (!wanted.has(digest) && swept.includes(manifest)) chunked.forget(digest)
        }
        for (const { manifest } of packed.manifests()) if (swept.includes(manifest)) packed.forget(manifest)
        return swept
      }),
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
