import { isMetricFrame, parseMetricFrame } from './metric-frame.ts'

/** A frame is four bytes of length (big-endian), then UTF-8 JSON. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8')
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** No message of a step is larger: values travel as files. */
export const longestFrameBytes = 64 * 1024 * 1024

/**
 * Takes chunks as they arrive and gives whole messages, in order.
 * @throws RangeError on a length that no honest peer sends, SyntaxError on a body that is neither JSON nor packed metrics.
 */
export function createFrameReader(onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let wanted = 4
  let inBody = false
  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    while (held >= wanted) {
      const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      const part = whole.subarray(0, wanted)
      const rest = whole.subarray(wanted)
      chunks = rest.length > 0 ? [rest] : []
      held = rest.length
      if (inBody) {
        inBody = false
        wanted = 4
        onMessage(isMetricFrame(part) ? parseMetricFrame(part) : JSON.parse(part.toString('utf8')))
      } else {
        wanted = part.readUInt32BE()
        if (wanted > longestFrameBytes) throw new RangeError(`a frame of ${wanted} bytes was announced`)
        inBody = true
      }
    }
  }
}
