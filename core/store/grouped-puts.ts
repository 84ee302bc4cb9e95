import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Descriptor } from '../domain/descriptor.ts'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import { toStoreFailure } from './file-failure.ts'
import { digestOf, hashFile } from './hash-file.ts'
import type { GroupedPuts, Store } from './store.ts'
import { manyFiles, syncDisk, syncFiles } from './sync-disk.ts'
import { temporaryPrefix } from './temporary-names.ts'

const blobMode = 0o444
const smallBytes = 1024 * 1024

type Held = { readonly digest: Digest; readonly sizeBytes: number; readonly file: string }

/**
 * Bytes are held in a folder of the group, where they can be read at once, and get their names in the store by
 * `settle`: all files synced, then named, then the folder of names synced. Disks are slow to sync one file, not many.
 */
export function createGroupedPuts(store: Store, blobs: BlobFolder, temporary: string): GroupedPuts {
  const held = new Map<Digest, Held>()
  let waiting: Held[] = []
  let unsettledBytes = 0
  let turn: Promise<void> = Promise.resolve()
  /** After a failed sync, a later success proves nothing. */
  let broken: { readonly error: unknown } | null = null
  let folder: string | null = null

  const placeFor = (digest: Digest) => {
    folder ??= mkdtempSync(join(temporary, temporaryPrefix('put')))
    return join(folder, digestHex(digest))
  }

  async function hold(digest: Digest, sizeBytes: number, put: (file: string) => void, drop: () => void) {
    const stored = await blobs.isStored({ digest, sizeBytes })
    if (stored || held.has(digest)) drop()
    else {
      const one = { digest, sizeBytes, file: placeFor(digest) }
      put(one.file)
      held.set(digest, one)
      waiting.push(one)
      unsettledBytes += sizeBytes
    }
    return { digest, sizeBytes }
  }

  async function typed<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw toStoreFailure(error, store.folder)
    }
  }

  /** Null for what the store itself has to look at: links, pipes, files with a second name. */
  async function hashGivenUp(file: string): Promise<{ readonly digest: Digest; readonly sizeBytes: number } | null> {
    const fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const status = fstatSync(fd)
      if (!status.isFile() || status.nlink !== 1) return null
      fchmodSync(fd, blobMode)
      if (status.size > smallBytes) return await hashFile(file)
      const hash = createHash('sha256').update(readFileSync(fd))
      return { digest: parseDigest(`sha256:${hash.digest('hex')}`), sizeBytes: status.size }
    } finally {
      closeSync(fd)
    }
  }

  async function settleWaiting(): Promise<void> {
    if (broken) throw broken.error
    const batch = waiting.filter(({ digest }) => held.has(digest))
    waiting = []
    if (batch.length === 0) return
    const files = batch.map(({ file }) => file)
    if (files.length < manyFiles || !(await syncDisk(folder as string)))
      await Promise.all(files.map((file) => syncFiles([file])))
    await blobs.placeAll(batch.map((one) => ({ ...one, unfinished: secondName(one.file) })))
    for (const { sizeBytes } of batch) unsettledBytes -= sizeBytes
  }

  const pathOf = (digest: Digest) => held.get(digest)?.file ?? store.pathOf(digest)
  const readBytes = async (digest: Digest) => {
    const one = held.get(digest)
    return one ? readFileSync(one.file) : store.readBytes(digest)
  }
  return {
    ...store,
    pathOf,
    has: (digest) => held.has(digest) || store.has(digest),
    sizeOf: (digest) => held.get(digest)?.sizeBytes ?? store.sizeOf(digest),
    readBytes,
    readText: async (digest) => (await readBytes(digest)).toString('utf8'),
    putBytes: (content, mediaType) =>
      typed(async (): Promise<Descriptor> => {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content
        const write = (file: string) => {
          writeFileSync(file, bytes, { flag: 'wx' })
          chmodSync(file, blobMode)
        }
        return { mediaType, ...(await hold(digestOf(bytes), bytes.byteLength, write, () => undefined)) }
      }),
    async putFile(file, mediaType, options = {}) {
      if (!options.move) return store.putFile(file, mediaType, options)
      const hashed = await hashGivenUp(file).catch(() => null)
      if (hashed === null) return store.putFile(file, mediaType, options)
      const { digest, sizeBytes } = hashed
      const put = (target: string) => moveFile(file, target)
      return typed(async () => ({ mediaType, ...(await hold(digest, sizeBytes, put, () => rmSync(file))) }))
    },
    async moveToTrash(digests) {
      const all = [...digests]
      for (const digest of all) {
        const one = held.get(digest)
        held.delete(digest)
        if (one) rmSync(one.file, { force: true })
      }
      return store.moveToTrash(all)
    },
    unsettledBytes: () => unsettledBytes,
    settle() {
      const settled = turn.then(() => typed(settleWaiting))
      turn = settled.catch((error: unknown) => {
        broken ??= { error }
      })
      return settled
    },
    async end() {
      await turn
      held.clear()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
      folder = null
    },
  }
}

function moveFile(file: string, target: string): void {
  try {
    renameSync(file, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    copyFileSync(file, target)
    chmodSync(target, blobMode)
    rmSync(file)
  }
}

/** The first stays where readers were sent to. */
function secondName(file: string): string {
  const second = `${file}.named`
  rmSync(second, { force: true })
  try {
    linkSync(file, second)
  } catch (error) {
    // A disk without hard links: a copy, which has to be synced for itself.
    if (!['EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    copyFileSync(file, second)
    const fd = openSync(second, 'r')
    fsyncSync(fd)
    closeSync(fd)
  }
  return second
}
