import { parseDigest } from '../domain/digest.ts'
import type { GatheredColumns, GatheredFile, Refusal, WorkFile, WorkFiles, WorkRefusal } from './file-work.ts'

/**
 * Thousands of files on their way to a thread and back, as columns: an object for each is written and read name by name
 * between threads, which costs both of them as much as opening the file.
 */

const hexDigits = 64
const stampNumbers = 5
const none = -1

export function toColumns(files: readonly WorkFile[]): WorkFiles {
  const ids = new Float64Array(2 * files.length)
  for (const [index, { dev, ino }] of files.entries()) {
    ids[2 * index] = dev ?? none
    ids[2 * index + 1] = ino ?? none
  }
  // No path has a zero byte in it.
  return { count: files.length, paths: files.map(({ file }) => file).join('\0'), ids }
}

export function fromColumns({ count, paths, ids }: WorkFiles): readonly WorkFile[] {
  const files = paths.split('\0')
  return Array.from({ length: count }, (_, index) => {
    const [file, dev, ino] = [files[index] as string, ids[2 * index] as number, ids[2 * index + 1] as number]
    return dev === none || ino === none ? { file } : { file, dev, ino }
  })
}

/** What a thread notes of each file in turn. */
export function createGatheredColumns(count: number) {
  const hexes: string[] = []
  const stamps = new Float64Array(stampNumbers * count)
  const offsets = new Float64Array(count).fill(none)
  const isNew = new Uint8Array(count)
  const refused: (readonly [index: number, refusal: WorkRefusal])[] = []
  return {
    add(
      hex: string,
      { dev, ino, sizeBytes, mtimeMs, ctimeMs }: GatheredFile['stamp'],
      at: number | null,
      own: boolean,
    ) {
      const index = hexes.length
      hexes.push(hex)
      const from = stampNumbers * index
      stamps[from] = dev
      stamps[from + 1] = ino
      stamps[from + 2] = sizeBytes
      stamps[from + 3] = mtimeMs
      stamps[from + 4] = ctimeMs
      offsets[index] = at ?? none
      isNew[index] = own ? 1 : 0
    },
    refuse(refusal: WorkRefusal) {
      refused.push([hexes.length, refusal])
      hexes.push('0'.repeat(hexDigits))
    },
    get: (): GatheredColumns => ({ hexes: hexes.join(''), stamps, offsets, isNew, refused }),
  }
}

export function toGatheredFiles(columns: GatheredColumns): readonly (GatheredFile | Refusal)[] {
  const { hexes, stamps, offsets, isNew, refused } = columns
  const files: (GatheredFile | Refusal)[] = Array.from(isNew, (own, index) => {
    const [offset, from] = [offsets[index] as number, stampNumbers * index]
    return {
      digest: parseDigest(`sha256:${hexes.slice(hexDigits * index, hexDigits * (index + 1))}`),
      stamp: {
        dev: stamps[from] as number,
        ino: stamps[from + 1] as number,
        sizeBytes: stamps[from + 2] as number,
        mtimeMs: stamps[from + 3] as number,
        ctimeMs: stamps[from + 4] as number,
      },
      offset: offset === none ? null : offset,
      isNew: own === 1,
    }
  })
  for (const [index, refusal] of refused) files[index] = { refused: refusal }
  return files
}
