import { type FileHandle, open, rm } from 'node:fs/promises'

/** What a log keeps at most: this much of its beginning, and as much of its end. */
export const keptLogBytes = { head: 128 * 1024 * 1024, tail: 128 * 1024 * 1024 } as const

export type StepLog = {
  /** Resolves when the bytes are in the file: awaiting it is the backpressure. */
  append(chunk: Uint8Array): Promise<void>
  /** Completes the file; answers how many bytes were left out in the middle. */
  close(): Promise<{ readonly writtenBytes: number; readonly omittedBytes: number }>
}

/**
 * A log file that never grows past `head + tail` bytes: once the head is full, the rest goes round in a
 * second file, and closing puts its bytes behind a line that says how much is missing.
 */
export async function createStepLog(
  file: string,
  kept: { head: number; tail: number } = keptLogBytes,
): Promise<StepLog> {
  const head = await open(file, 'w', 0o600)
  let ring: FileHandle | null = null
  let headBytes = 0
  let ringBytes = 0
  let queue: Promise<unknown> = Promise.resolve()
  let closed = false

  async function write(chunk: Uint8Array): Promise<void> {
    const room = Math.min(kept.head - headBytes, chunk.length)
    if (room > 0) {
      await head.write(chunk, 0, room, headBytes)
      headBytes += room
    }
    if (room < chunk.length) await writeRing(chunk.subarray(Math.max(room, 0)))
  }

  async function writeRing(chunk: Uint8Array): Promise<void> {
    ring ??= await open(`${file}.tail`, 'w+', 0o600)
    const skipped = Math.max(chunk.length - kept.tail, 0)
    ringBytes += skipped
    let rest = chunk.subarray(skipped)
    while (rest.length > 0) {
      const at = ringBytes % kept.tail
      const length = Math.min(rest.length, kept.tail - at)
      await ring.write(rest, 0, length, at)
      ringBytes += length
      rest = rest.subarray(length)
    }
  }

  /** The ring's bytes in order, oldest first, in pieces. */
  async function* ringPieces(source: FileHandle): AsyncGenerator<Buffer> {
    const size = Math.min(ringBytes, kept.tail)
    const first = ringBytes > kept.tail ? ringBytes % kept.tail : 0
    const buffer = Buffer.alloc(1024 * 1024)
    for (let done = 0; done < size; ) {
      const at = (first + done) % kept.tail
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, size - done, kept.tail - at), at)
      if (bytesRead === 0) return
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  return {
    append(chunk) {
      const written = queue.then(() => (closed ? undefined : write(chunk)))
      queue = written.catch(() => undefined)
      return written
    },
    async close() {
      await queue
      closed = true
      const omittedBytes = Math.max(ringBytes - kept.tail, 0)
      let position = headBytes
      if (ring) {
        if (omittedBytes > 0) {
          const mark = Buffer.from(
            `\n… ${omittedBytes} bytes were left out here: the log keeps its beginning and its end …\n`,
          )
          await head.write(mark, 0, mark.length, position)
          position += mark.length
        }
        for await (const piece of ringPieces(ring)) {
          await head.write(piece, 0, piece.length, position)
          position += piece.length
        }
        await ring.close()
        await rm(`${file}.tail`, { force: true })
      }
      await head.close()
      return { writtenBytes: position, omittedBytes }
    },
  }
}
