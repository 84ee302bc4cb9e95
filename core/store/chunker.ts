/** Where a stream of bytes is cut: at places that its content alone decides, so that an insertion moves no later cut. */
export type Chunking = { readonly least: number; readonly average: number; readonly most: number }

/** About two thousand chunks a file, whatever its size: little to remember of a large one, little to repeat of a small one. */
export function chunkingFor(sizeBytes: number): Chunking {
  const wanted = 2 ** Math.round(Math.log2(Math.max(1, sizeBytes / 2048)))
  const average = Math.min(1024 * 1024, Math.max(8 * 1024, wanted))
  return { least: average / 4, average, most: average * 4 }
}

/**
 * FastCDC: a rolling gear hash, no cut before `least`, a strict mask up to `average` and a lenient one after it.
 * Feed the bytes in pieces of any size; each chunk's length is given as soon as its end is known.
 */
export function createChunker({ least, average, most }: Chunking) {
  const bits = Math.round(Math.log2(average))
  const strict = maskOf(bits + 1)
  const lenient = maskOf(bits - 1)
  let length = 0
  let hash = 0

  /** The ends of chunks in `bytes`, as offsets into it. */
  function feed(bytes: Uint8Array): number[] {
    const ends: number[] = []
    let at = 0
    while (at < bytes.length) {
      if (length < least) {
        const skipped = Math.min(least - length, bytes.length - at)
        length += skipped
        at += skipped
        continue
      }
      const stop = Math.min(bytes.length, at + ((length < average ? average : most) - length))
      const mask = length < average ? strict : lenient
      const from = at
      let cut = false
      while (at < stop) {
        hash = ((hash << 1) + (gear[bytes[at] as number] as number)) | 0
        at++
        if ((hash & mask) === 0) {
          cut = true
          break
        }
      }
      length += at - from
      if (!cut && length < most) continue
      ends.push(at)
      length = 0
      hash = 0
    }
    return ends
  }

  return { feed, rest: () => length }
}

/** The highest bits: they depend on the most bytes before them. */
function maskOf(bits: number): number {
  return bits === 0 ? 0 : ~0 << (32 - bits)
}

/** Any fixed table of random words does; it must never change, or nothing would be shared with what was stored before. */
const gear = makeGear()

function makeGear(): Int32Array {
  const table = new Int32Array(256)
  let state = 0x9e3779b9
  for (let index = 0; index < 256; index++) {
    // xorshift32, four rounds an entry
    for (let round = 0; round < 4; round++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
    }
    table[index] = state
  }
  return table
}
