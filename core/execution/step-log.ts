import { closeSync, ftruncate, openSync, read, rmSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { defaultRecording } from '../project/project-settings.ts'

/** The beginning and the end of a log that keeps so many bytes. */
export function halvesOf(bytes: number) {
  return { head: Math.ceil(bytes / 2), tail: Math.ceil(bytes / 2) }
}

export type StepLog = {
  /**
   * Resolves when the bytes are in the file: awaiting it is the backpressure. What the disk does not take is left out
   * and marked; a step is not to end for its output.
   */
  append(chunk: Uint8Array): Promise<void>
  /** Completes the file; answers how many bytes were left out in the middle, and how many the disk did not take. */
  close(): Promise<{ readonly writtenBytes: number; readonly omittedBytes: number; readonly lostBytes: number }>
}

const writeAt = promisify(write)
const readAt = promisify(read)
const truncateAt = promisify(ftruncate)

/**
 * A log file that never grows past `head + tail` bytes: once the head is full, the rest goes round in a
 * second file, and closing puts its bytes behind a line that says how much is missing. Most steps print nothing:
 * opening and closing wait for no thread.
 */
export function createStepLog(
  file: string,
  kept: { readonly head: number; readonly tail: number } = halvesOf(defaultRecording.keepLogBytes),
): StepLog {
  const head = openSync(file, 'w', 0o600)
  let ring: number | null = null
  let headBytes = 0
  let ringBytes = 0
  let lostBytes = 0
  let queue: Promise<unknown> = Promise.resolve()
  let closed = false

  async function append(chunk: Uint8Array): Promise<void> {
    const room = Math.min(kept.head - headBytes, chunk.length)
    if (room > 0) {
      await writeAll(head, chunk.subarray(0, room), headBytes)
      headBytes += room
    }
    if (room < chunk.length) await writeRing(chunk.subarray(Math.max(room, 0)))
  }

  async function writeRing(chunk: Uint8Array): Promise<void> {
    ring ??= openSync(`${file}.tail`, 'w+', 0o600)
    const skipped = Math.max(chunk.length - kept.tail, 0)
    ringBytes += skipped
    let rest = chunk.subarray(skipped)
    while (rest.length > 0) {
      const at = ringBytes % kept.tail
      const length = Math.min(rest.length, kept.tail - at)
      await writeAll(ring, rest.subarray(0, length), at)
      ringBytes += length
      rest = rest.subarray(length)
    }
  }

  async function writeOrLose(chunk: Uint8Array): Promise<void> {
    try {
      await append(lostBytes === 0 ? chunk : Buffer.concat([describeLoss(lostBytes), chunk]))
      lostBytes = 0
    } catch {
      lostBytes += chunk.length
      // What was taken of a part counts as lost, too, and is not to stand behind what comes next.
      await truncateAt(head, headBytes).catch(() => undefined)
    }
  }

  /** The ring's bytes in order, oldest first, in pieces. */
  async function* ringPieces(source: number): AsyncGenerator<Buffer> {
    const size = Math.min(ringBytes, kept.tail)
    const first = ringBytes > kept.tail ? ringBytes % kept.tail : 0
    const buffer = Buffer.alloc(1024 * 1024)
    for (let done = 0; done < size; ) {
      const at = (first + done) % kept.tail
      const { bytesRead } = await readAt(source, buffer, 0, Math.min(buffer.length, size - done, kept.tail - at), at)
      if (bytesRead === 0) return
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  async function finish() {
    if (lostBytes > 0) await writeOrLose(Buffer.alloc(0))
    closed = true
    const omittedBytes = Math.max(ringBytes - kept.tail, 0)
    let position = headBytes
    try {
      if (omittedBytes > 0) {
        const mark = Buffer.from(
          `\n… ${omittedBytes} bytes were left out here: the log keeps its beginning and its end …\n`,
        )
        await writeAll(head, mark, position)
        position += mark.length
      }
      for await (const piece of ring === null ? [] : ringPieces(ring)) {
        await writeAll(head, piece, position)
        position += piece.length
      }
    } catch {
      lostBytes += headBytes + Math.min(ringBytes, kept.tail) - position
    } finally {
      closeSync(head)
      if (ring !== null) {
        closeSync(ring)
        rmSync(`${file}.tail`, { force: true })
      }
    }
    return { writtenBytes: position, omittedBytes, lostBytes }
  }

  return {
    append(chunk) {
      const written = queue.then(() => (closed ? undefined : writeOrLose(chunk)))
      queue = written
      return written
    },
    close() {
      const finished = queue.then(finish)
      queue = finished.catch(() => undefined)
      return finished
    },
  }
}

function describeLoss(bytes: number): Buffer {
  return Buffer.from(`\n… ${bytes} bytes of output found no space on the disk …\n`)
}

/** All of it: a disk that is nearly full takes a part without a word. */
async function writeAll(file: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await writeAt(file, bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}
