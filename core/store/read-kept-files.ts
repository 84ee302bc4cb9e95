import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Digest, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BlobFolder } from './blob-folder.ts'
import { type ChunkedFiles, toPieces } from './chunked-files.ts'
import type { KeptFiles } from './kept-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { toReadFailure } from './read-failure.ts'
import { smallBytes } from './read-hashed.ts'
import { temporaryName } from './temporary-names.ts'

const pieceBytes = 1024 * 1024

/** What was kept, given back: whole, in chunks or from a pack, and never other bytes than were kept. */
export function createReadingOfKept({
  blobs,
  chunked,
  packed,
  temporary,
  has,
  hash,
}: {
  readonly blobs: Omit<BlobFolder, 'folder'>
  readonly chunked: ChunkedFiles
  readonly packed: PackedFiles
  readonly temporary: string
  readonly has: (digest: Digest) => boolean
  readonly hash: KeptFiles['hash']
}): Pick<KeptFiles, 'openStream' | 'copyTo' | 'fileOf'> {
  const wholes = new Map<Digest, Promise<string>>()

  async function* readChunked(digest: Digest): AsyncGenerator<Buffer> {
    const file = await chunked.read(digest)
    if (file === null) throw fail('store/blobMissing', { digest })
    const whole = createHash('sha256')
    try {
      for (const { blob, offset, length } of toPieces(file.chunks)) {
        const end = offset + length - 1
        for await (const part of createReadStream(blobs.pathOf(blob), {
          start: offset,
          end,
          highWaterMark: pieceBytes,
        })) {
          whole.update(part as Buffer)
          yield part as Buffer
        }
      }
    } catch (error) {
      throw toReadFailure(error, digest)
    }
    const found = parseDigest(`sha256:${whole.digest('hex')}`)
    if (found !== digest) throw fail('store/blobHurt', { digest, found })
  }

  async function* readPacked(digest: Digest): AsyncGenerator<Buffer> {
    yield await packed.read(digest)
  }

  async function* read(digest: Digest): AsyncGenerator<Buffer> {
    if (!has(digest)) await blobs.takeBack(digest)
    if (blobs.sizeOf(digest) !== null) yield* blobs.readVerified(digest)
    else if (packed.has(digest)) yield* readPacked(digest)
    else yield* chunked.has(digest) ? readChunked(digest) : blobs.readVerified(digest)
  }

  async function copyTo(digest: Digest, file: string): Promise<void> {
    const size = blobs.sizeOf(digest)
    if (size === null || size <= smallBytes) {
      const target = await open(file, 'wx', 0o644)
      try {
        for await (const part of read(digest)) await target.writeFile(part)
      } catch (error) {
        await rm(file, { force: true })
        throw error
      } finally {
        await target.close()
      }
      return
    }
    try {
      await copyFile(blobs.pathOf(digest), file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      const [copied] = await hash([{ file, sizeBytes: size }])
      if (copied?.digest !== digest) throw fail('store/blobHurt', { digest, found: copied?.digest ?? 'nothing' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(file, { force: true })
      throw error
    }
  }

  return {
    openStream: (digest) => Readable.from(read(digest), { objectMode: false }),
    copyTo,
    async fileOf(digest) {
      if (blobs.sizeOf(digest) !== null || !has(digest)) return blobs.pathOf(digest)
      const file = join(temporary, temporaryName('whole'))
      const making = wholes.get(digest) ?? copyTo(digest, file).then(() => file)
      wholes.set(digest, making)
      making.catch(() => wholes.delete(digest))
      return making
    },
  }
}
