import { hash } from 'node:crypto'
import { closeSync, rmSync } from 'node:fs'
import { digestHex } from '../domain/digest.ts'
import type { FileStamp, GatherAnswer, Refusal, Staging, WorkFile } from './file-work.ts'
import { createGatheredColumns } from './gathered-columns.ts'
import { formatPackEnd } from './pack-list.ts'
import {
  explainSource,
  givePieces,
  openSource,
  readWhole,
  refuseChanged,
  smallBuffer,
  smallBytes,
  stampOf,
  takePieces,
  WorkRefused,
} from './read-hashed.ts'
import { blobMode, explainStore, stagedName } from './take-file.ts'
import { createPastCache, type PastCache } from './write-past-cache.ts'

const digestBytes = 32

/**
 * Many small files, one after the other in one new file: making a file of its own for each would cost several times what
 * hashing it costs. Those that `known` holds, digests in order, are only hashed. Each byte is hashed once: see
 * `formatPackEnd`.
 */
export async function gatherFiles(
  files: readonly WorkFile[],
  staging: Staging,
  known: Uint8Array,
  onBytes: (bytes: number) => void,
): Promise<GatherAnswer> {
  const columns = createGatheredColumns(files.length)
  const file = stagedName(staging)
  const pack = createPack(file)
  const isKnown = searchIn(known)
  const gathered = new Map<string, number>()
  const listed: (readonly [hex: string, length: number])[] = []
  try {
    for (const wanted of files) {
      const result = readOne(wanted, pack.place)
      if ('refused' in result) {
        columns.refuse(result.refused)
        continue
      }
      const { bytes, hex, stamp } = result
      let offset = gathered.get(hex) ?? null
      const isNew = offset === null && !isKnown(hex)
      if (isNew) {
        offset = pack.sizeBytes()
        gathered.set(hex, offset)
        listed.push([hex, bytes.length])
        // Most only fill a piece: to wait for nothing costs something as well.
        const writing = pack.append(bytes)
        if (writing !== null) await writing
      }
      columns.add(hex, stamp, offset, isNew)
      onBytes(bytes.length)
    }
    if (listed.length === 0) return { columns: columns.get(), pack: null }
    const { name, end } = formatPackEnd(listed)
    await pack.append(end)
    const sizeBytes = await pack.finish(staging.sync)
    return { columns: columns.get(), pack: { hex: digestHex(name), sizeBytes, staged: file } }
  } catch (error) {
    rmSync(file, { force: true })
    throw explainStore(error)
  } finally {
    await pack.close()
  }
}

/** Its bytes are good until the next is read. */
function readOne(
  wanted: WorkFile,
  place: (sizeBytes: number) => Buffer,
): Refusal | { hex: string; stamp: FileStamp; bytes: Buffer } {
  try {
    const { fd, status } = openSource(wanted)
    try {
      if (status.size > smallBytes) throw new WorkRefused({ reason: 'changing' })
      const bytes = readWhole(fd, status.size, place(status.size))
      refuseChanged(fd, status)
      return { hex: hash('sha256', bytes, 'hex'), stamp: stampOf(status), bytes }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const explained = explainSource(error)
    if (explained instanceof WorkRefused) return { refused: explained.refusal }
    throw explained
  }
}

/** Collects bytes in large pieces; one is filled while earlier ones are on their way to the disk. */
function createPack(file: string) {
  const pieces = takePieces()
  const writing: Promise<void>[] = []
  let target: PastCache | null = null
  let turn = 0
  let filled = 0
  let written = 0

  async function writeOut(): Promise<void> {
    target ??= await createPastCache(file)
    const piece = (pieces[turn % pieces.length] as Buffer).subarray(0, filled)
    const write = target.write(piece, written)
    write.catch(() => undefined)
    writing.push(write)
    written += filled
    filled = 0
    turn++
    if (writing.length === pieces.length - 1) await writing.shift()
  }

  async function copyIn(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = pieces[turn % pieces.length] as Buffer
      const copied = bytes.copy(piece, filled, at)
      at += copied
      filled += copied
      if (filled === piece.length) await writeOut()
    }
  }

  return {
    sizeBytes: () => written + filled,
    /** Where so many bytes may be read to: if they fit, where they would stand, so that adding them copies nothing. */
    place(sizeBytes: number): Buffer {
      const piece = pieces[turn % pieces.length] as Buffer
      return sizeBytes <= piece.length - filled ? piece.subarray(filled) : smallBuffer
    },
    /** Null when there is nothing to wait for. */
    append(bytes: Buffer): Promise<void> | null {
      const open = pieces[turn % pieces.length] as Buffer
      if (bytes.buffer !== open.buffer) return copyIn(bytes)
      filled += bytes.length
      return filled === open.length ? writeOut() : null
    },
    async finish(sync: boolean): Promise<number> {
      if (filled > 0) await writeOut()
      await Promise.all(writing)
      await target?.finish(written, blobMode, sync)
      return written
    },
    async close(): Promise<void> {
      await Promise.allSettled(writing)
      await target?.close()
      givePieces(pieces)
    },
  }
}

/** Whether a digest is among those in order. */
function searchIn(sorted: Uint8Array): (hex: string) => boolean {
  if (sorted.length === 0) return () => false
  const digests = Buffer.from(sorted.buffer, sorted.byteOffset, sorted.byteLength)
  return (hex) => {
    const wanted = Buffer.from(hex, 'hex')
    let from = 0
    let to = digests.length / digestBytes
    while (from < to) {
      const middle = (from + to) >> 1
      const order = wanted.compare(digests, middle * digestBytes, (middle + 1) * digestBytes)
      if (order === 0) return true
      if (order < 0) to = middle
      else from = middle + 1
    }
    return false
  }
}
