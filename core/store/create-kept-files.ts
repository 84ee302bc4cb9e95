import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, parseDigest } from '../domain/digest.ts'
import { accept, inPack, toKept } from './accept-taken.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { ChunkedFiles } from './chunked-files.ts'
import { createFilePool, type FilePool } from './file-pool.ts'
import type { Refusal, Staging, Taken } from './file-work.ts'
import { createHeldAmong } from './held-among.ts'
import { createKeepingOfGrown } from './keep-grown.ts'
import { fewestPacked, keepPacked, mostPackedBytes } from './keep-packed.ts'
import type { FileCall, FileToKeep, HashedFile, KeptFile, KeptFiles } from './kept-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { makeFolder } from './publish.ts'
import { createReadingOfKept } from './read-kept-files.ts'
import { manyFiles, syncAll } from './sync-disk.ts'
import { temporaryPrefix } from './temporary-names.ts'

/** `pool`: the threads are shared by everything in this process that reads files. */
export function createKeptFiles(
  { folder: blobsFolder, ...blobs }: BlobFolder,
  chunked: ChunkedFiles,
  packed: PackedFiles,
  temporary: string,
  pool: FilePool = sharedPool(),
): KeptFiles {
  const has = (digest: Digest) => blobs.sizeOf(digest) !== null || packed.has(digest) || chunked.has(digest)
  const { canGrow, grow } = createKeepingOfGrown({ blobs, chunked, pool, has })

  async function hash(files: readonly FileToKeep[], call: FileCall = {}): Promise<readonly HashedFile[]> {
    const results = await pool.take(files, null, call)
    return results.map((result, index) => {
      const { hex, stamp } = accept(result, files[index] as FileToKeep)
      return { digest: parseDigest(`sha256:${hex}`), sizeBytes: stamp.sizeBytes, stamp }
    })
  }

  async function keep(
    files: readonly FileToKeep[],
    call: FileCall & { readonly link?: boolean | undefined } = {},
  ): Promise<readonly KeptFile[]> {
    await makeFolder(temporary)
    const folder = await mkdtemp(join(temporary, temporaryPrefix('put')))
    const once = files.length >= manyFiles
    const staging: Staging = { folder, blobs: blobsFolder, link: call.link ?? false, sync: !once }
    try {
      const kept = new Map<FileToKeep, KeptFile>()
      const plain: FileToKeep[] = []
      for (const file of files) {
        const grown = canGrow(file, staging) ? await grow(file, staging, call) : null
        if (grown === null) plain.push(file)
        else kept.set(file, grown)
      }
      const small = staging.link ? [] : plain.filter(({ sizeBytes }) => sizeBytes <= mostPackedBytes)
      const together = new Set(small.length < fewestPacked ? [] : small)
      if (together.size > 0) {
        const use = { pool, blobs, packed, accept, call }
        const results = await keepPacked(small, staging, use)
        for (const [index, file] of small.entries()) kept.set(file, results[index] as KeptFile)
      }
      const single = plain.filter((file) => !together.has(file))
      const taken = await pool.take(single, staging, call)
      const done = []
      for (const [index, file] of single.entries()) {
        const one = accept(taken[index] as Taken | Refusal, file)
        done.push({ file, taken: one.how === 'copy' && (await isPacked(one)) ? inPack(one) : one })
      }
      // Said before the one sync, which takes a while: what comes of it can be made ready meanwhile.
      if (once) for (const { file, taken } of done) call.onHashed?.(file, toKept(taken))
      await publish(
        done.map((one) => one.taken),
        folder,
        once,
      )
      for (const { file, taken } of done) kept.set(file, toKept(taken))
      return files.map((file) => kept.get(file) as KeptFile)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Whether its bytes lie in a pack, and are right there: a hurt pack is no reason to store nothing. */
  async function isPacked({ hex }: Taken): Promise<boolean> {
    const digest = parseDigest(`sha256:${hex}`)
    if (!packed.has(digest)) return false
    return packed.read(digest).then(
      () => true,
      () => false,
    )
  }

  async function publish(taken: readonly Taken[], folder: string, once: boolean): Promise<void> {
    const staged = new Map(taken.flatMap((one) => (one.staged === null ? [] : [[one.hex, one] as const])))
    if (once && staged.size > 0)
      await syncAll(
        folder,
        [...staged.values()].map((one) => one.staged as string),
      )
    await blobs.placeAll(
      [...staged.values()].map(({ hex, staged: unfinished, stamp }) => ({
        unfinished: unfinished as string,
        digest: parseDigest(`sha256:${hex}`),
        sizeBytes: stamp.sizeBytes,
      })),
    )
    // What was there already may have been put there by somebody who has not synced its name yet.
    const present = taken.filter(({ how }) => how === 'present')
    for (const { hex, stamp } of present) {
      await blobs.isStored({ digest: parseDigest(`sha256:${hex}`), sizeBytes: stamp.sizeBytes })
    }
  }

  return {
    has,
    heldAmong: createHeldAmong({ blobs, chunked, packed, has }),
    async partsOf(digest) {
      if (blobs.sizeOf(digest) !== null) return []
      return packed.has(digest) ? packed.partsOf(digest) : chunked.partsOf(digest)
    },
    sizeOf: (digest) => blobs.sizeOf(digest) ?? packed.sizeOf(digest) ?? chunked.sizeOf(digest),
    hash,
    compare: (seen) => pool.compare(seen),
    keep,
    ...createReadingOfKept({ blobs, chunked, packed, temporary, has, hash }),
  }
}

let pool: FilePool | null = null
function sharedPool(): FilePool {
  pool ??= createFilePool()
  return pool
}
