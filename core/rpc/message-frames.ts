import { packMessage, toTextAndParts, unpackMessage } from './message-bytes.ts'
import { MessageTooLong } from './message-too-long.ts'

/** Four bytes of length (big-endian), then UTF-8 JSON; or a zero, which no JSON begins with, and a message with bytes. */
const headerBytes = 4
const withBytes = 0

/** Above what any one answer may hold; a longer frame means a broken or hostile peer. */
export const longestFrameBytes = 64 * 1024 * 1024

/** @throws MessageTooLong when the other end would refuse it */
export function toFrame(message: unknown): Buffer {
  const body = toBody(message)
  if (body.length > longestFrameBytes) throw new MessageTooLong(body.length, longestFrameBytes)
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt32BE(body.length, 0)
  body.copy(frame, headerBytes)
  return frame
}

function toBody(message: unknown): Buffer {
  const { text, parts } = toTextAndParts(message, longestFrameBytes)
  if (parts.length === 0) return Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.of(withBytes), packMessage({ text, parts })])
}

/**
 * Takes bytes as they come and gives whole messages.
 * @throws RangeError when a frame claims more than `longestFrameBytes`, SyntaxError when it holds no JSON;
 * RangeError too when its bytes are not as its head says.
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
      onMessage(body[0] === withBytes ? unpackMessage(body.subarray(1)) : JSON.parse(body.toString('utf8')))
    }
  }
}
