import { createHash } from 'node:crypto'
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readSync, rmSync } from 'node:fs'
import { type Chunking, createChunker } from './chunker.ts'
import type { ByteRange, Chunked, Packed, Staging, WorkFile } from './file-work.ts'
import { hashPieces, openSource, refuseChanged, stampOf, WorkRefused, writeWholly } from './read-hashed.ts'
import { blobMode, explainStore, stagedName } from './take-file.ts'

/** The file's digest, and those of the chunks that its content divides it into. */
export async function chunkFile(
  wanted: WorkFile,
  chunking: Chunking,
  onBytes: (bytes: number) => void,
): Promise<Chunked> {
  const { fd, status } = openSource(wanted)
  try {
    const chunks: { hex: string; length: number }[] = []
    const chunker = createChunker(chunking)
    let hash = createHash('sha256')
    let length = 0
    const end = () => {
      chunks.push({ hex: hash.digest('hex'), length })
      hash = createHash('sha256')
      length = 0
    }
    const take = (part: Uint8Array) => {
      hash.update(part)
      length += part.length
    }
    const hex = await hashPieces(fd, status.size, null, onBytes, (piece) => {
      let from = 0
      for (const to of chunker.feed(piece)) {
        take(piece.subarray(from, to))
        end()
        from = to
      }
      take(piece.subarray(from))
    })
    if (length > 0) end()
    refuseChanged(fd, status)
    return { hex, stamp: stampOf(status), chunks }
  } finally {
    closeSync(fd)
  }
}

/** The parts that are new, one after the other. */
export async function packRanges(
  wanted: WorkFile,
  ranges: readonly ByteRange[],
  staging: Staging,
  onBytes: (bytes: number) => void,
): Promise<Packed> {
  const { fd } = openSource(wanted)
  const file = stagedName(staging)
  try {
    const target = openSync(file, 'wx', 0o600)
    try {
      const whole = createHash('sha256')
      for (const { offset, length, hex } of ranges) {
        const part = Buffer.allocUnsafe(length)
        if (readSync(fd, part, 0, length, offset) !== length) throw new WorkRefused({ reason: 'changing' })
        if (createHash('sha256').update(part).digest('hex') !== hex) throw new WorkRefused({ reason: 'changing' })
        whole.update(part)
        writeWholly(target, part)
        onBytes(length)
      }
      fchmodSync(target, blobMode)
      fsyncSync(target)
      return { hex: whole.digest('hex'), sizeBytes: fstatSync(target).size, staged: file }
    } finally {
      closeSync(target)
    }
  } catch (error) {
    rmSync(file, { force: true })
    throw explainStore(error)
  } finally {
    closeSync(fd)
  }
}
