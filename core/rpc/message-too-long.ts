import type { WireError } from './message.ts'

/** A line does not carry so much in one piece. Nothing was sent, and the line lives on. */
export class MessageTooLong extends Error {
  /** Null where it was too long even to be measured. */
  readonly bytes: number | null
  readonly longestBytes: number
  constructor(bytes: number | null, longestBytes: number) {
    super(`a message of ${bytes ?? 'very many'} bytes is too long: ${longestBytes} is the most`)
    this.bytes = bytes
    this.longestBytes = longestBytes
  }
}

/** What the other end is told where nobody can put it into better words. */
export function toTooLongError({ message, bytes, longestBytes }: MessageTooLong): WireError {
  return { code: 'rpc/messageTooLong', message, bytes, longestBytes }
}

/** The same at the end that is told; null where it was told something else. */
export function readTooLongError({ code, bytes, longestBytes }: WireError): MessageTooLong | null {
  return code === 'rpc/messageTooLong' ? new MessageTooLong(bytes as number | null, longestBytes as number) : null
}

/** @throws MessageTooLong where the text would be longer than any string can be */
export function toText(message: unknown, longestBytes: number): string {
  try {
    return JSON.stringify(message)
  } catch (error) {
    throw error instanceof RangeError ? new MessageTooLong(null, longestBytes) : error
  }
}
