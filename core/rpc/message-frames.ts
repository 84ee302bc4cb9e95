import { MessageTooLong, toText } from './message-too-long.ts'

/** Four bytes of length (big-endian), then UTF-8 JSON. */
const headerBytes = 4

/** Above what any one answer may hold; a longer frame means a broken or hostile peer. */
export const longestFrameBytes = 64 * 1024 * 1024

/** @throws MessageTooLong when the other end would refuse it */
export function toFrame(message: unknown): Buffer {
  const body = Buffer.from(toText(message, longestFrameBytes), 'utf8')
  if (body.length > longestFrameBytes) throw new MessageTooLong(body.length, longestFrameBytes)
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt32BE(body.length, 0)
  body.copy(frame, headerBytes)
  return frame
}

/**
 * Takes bytes as they come and gives whole messages.
 * @throws RangeError when a frame claims more than `longestFrameBytes`, SyntaxError when it holds no JSON.
 */
export function createFrameReader(onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let wanted: number | null = null

  const take = (bytes: number): Buffer => {
    const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    chunks = whole.length > bytes ? [whole.subarray(bytes)] : []
    held -= bytes
    return whole.subarray(0, bytes)
  }

  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    for (;;) {
      if (wanted === null) {
        if (held < headerBytes) return
        wanted = take(headerBytes).readUInt32BE(0)
        if (wanted > longestFrameBytes) throw new RangeError(`a frame of ${wanted} bytes is too long`)
      }
      if (held < wanted) return
      const body = take(wanted)
      wanted = null
      onMessage(JSON.parse(body.toString('utf8')))
    }
  }
}
