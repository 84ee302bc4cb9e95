import { createHash } from 'node:crypto'
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readSync, rmSync } from 'node:fs'
import { type Chunking, createChunker } from './chunker.ts'
import type { ByteRange, Chunk, Chunked, Cut, OldPiece, Packed, Staging, WorkFile } from './file-work.ts'
import {
  explainSource,
  givePieces,
  hashPieces,
  openSource,
  refuseChanged,
  smallBuffer,
  stampOf,
  takePieces,
  WorkRefused,
  writeWholly,
} from './read-hashed.ts'
import { blobMode, explainStore, stagedName } from './take-file.ts'

/**
 * The file's digest, and the chunks that its content divides it into. Where it begins as `older` does there is nothing
 * to cut: comparing bytes costs a tenth of that.
 */
export async function chunkFile(
  wanted: WorkFile,
  chunking: Chunking,
  older: readonly OldPiece[],
  onBytes: (bytes: number) => void,
): Promise<Chunked> {
  const { fd, status } = openSource(wanted)
  try {
    const bytes = countSame(fd, status.size, older)
    const cutter = createCutter(chunking)
    let at = 0
    let sameHex = ''
    const hex = await hashPieces(fd, status.size, null, onBytes, (hash, piece) => {
      const from = Math.min(piece.length, Math.max(0, bytes - at))
      hash.update(piece.subarray(0, from))
      if (from > 0 && at + from === bytes) sameHex = hash.copy().digest('hex')
      hash.update(piece.subarray(from))
      cutter.take(piece.subarray(from))
      at += piece.length
    })
    refuseChanged(fd, status)
    return { hex, stamp: stampOf(status), same: { bytes, hex: sameHex }, chunks: cutter.finish() }
  } finally {
    closeSync(fd)
  }
}

export async function cutPart(
  { file, offset, length }: OldPiece,
  chunking: Chunking,
  onBytes: (bytes: number) => void,
): Promise<Cut> {
  const { fd } = openSource({ file })
  try {
    const cutter = createCutter(chunking)
    for (let at = 0; at < length; ) {
      const read = readSync(fd, smallBuffer, 0, Math.min(smallBuffer.length, length - at), offset + at)
      if (read === 0) throw new WorkRefused({ reason: 'changing' })
      cutter.take(smallBuffer.subarray(0, read))
      at += read
      onBytes(read)
    }
    return { chunks: cutter.finish() }
  } finally {
    closeSync(fd)
  }
}

/** How many bytes at the front of the file are those of the older state. What cannot be read of that is other bytes. */
function countSame(fd: number, size: number, older: readonly OldPiece[]): number {
  const opened = new Map<string, number>()
  const buffers = takePieces()
  let at = 0
  try {
    for (const { file, offset, length, isUncut } of older) {
      const old = opened.get(file) ?? openSource({ file }).fd
      opened.set(file, old)
      const same = countSameIn([fd, at], [old, offset], Math.min(length, size - at), buffers)
      if (same < length) return isUncut ? at + same : at
      at += same
    }
    return at
  } catch (error) {
    if (explainSource(error) instanceof WorkRefused) return at
    throw error
  } finally {
    for (const old of opened.values()) closeSync(old)
    givePieces(buffers)
  }
}

type From = readonly [fd: number, offset: number]

function countSameIn([a, aFrom]: From, [b, bFrom]: From, most: number, buffers: readonly Buffer[]): number {
  const [ours, theirs] = buffers as [Buffer, Buffer]
  for (let at = 0; at < most; ) {
    const wanted = Math.min(ours.length, most - at)
    const length = Math.min(readSync(a, ours, 0, wanted, aFrom + at), readSync(b, theirs, 0, wanted, bFrom + at))
    if (length === 0) return at
    if (ours.compare(theirs, 0, length, 0, length) !== 0) {
      let place = 0
      while (ours[place] === theirs[place]) place++
      return at + place
    }
    at += length
  }
  return most
}

function createCutter(chunking: Chunking) {
  const chunks: Chunk[] = []
  const chunker = createChunker(chunking)
  let hash = createHash('sha256')
  let length = 0
  const take = (part: Uint8Array) => {
    hash.update(part)
    length += part.length
  }
  const end = () => {
    chunks.push({ hex: hash.digest('hex'), length })
    hash = createHash('sha256')
    length = 0
  }
  return {
    take(piece: Uint8Array): void {
      let from = 0
      for (const to of chunker.feed(piece)) {
        take(piece.subarray(from, to))
        end()
        from = to
      }
      take(piece.subarray(from))
    },
    finish(): readonly Chunk[] {
      if (length > 0) end()
      return chunks
    },
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
