import { toText } from './message-too-long.ts'

/**
 * Bytes inside a message. JSON has none, and as text they would be a third longer and be read letter by letter; so a
 * line of JSON carries them beside it: four bytes of length (big-endian), the JSON `[message, lengths of the parts]`,
 * the parts. In the message `{ "$bytes": N }` stands for part N.
 */
const headerBytes = 4
const mark = '$bytes'

let gathering: Uint8Array[] | null = null

function toMark(this: Uint8Array): { readonly [mark]: number } {
  if (gathering === null) throw new TypeError('only a line can carry bytes')
  gathering.push(this)
  return { [mark]: gathering.length - 1 }
}

/** The same array, marked for whatever line it comes to. It is read while the message is sent, and not after. */
export function asBytes(array: Uint8Array): Uint8Array {
  return Object.defineProperty(array, 'toJSON', { value: toMark, configurable: true })
}

export type TextAndParts = { readonly text: string; readonly parts: readonly Uint8Array[] }

/** @throws MessageTooLong where the text would be longer than any string can be */
export function toTextAndParts(message: unknown, longestBytes: number): TextAndParts {
  const parts: Uint8Array[] = []
  const outer = gathering
  gathering = parts
  try {
    return { text: toText(message, longestBytes), parts }
  } finally {
    gathering = outer
  }
}

export function packMessage({ text, parts }: TextAndParts): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`[${text},${JSON.stringify(parts.map((part) => part.byteLength))}]`)
  const sum = parts.reduce((total, part) => total + part.byteLength, 0)
  const packed = new Uint8Array(headerBytes + head.length + sum)
  new DataView(packed.buffer).setUint32(0, head.length)
  packed.set(head, headerBytes)
  let at = headerBytes + head.length
  for (const part of parts) {
    packed.set(part, at)
    at += part.byteLength
  }
  return packed
}

/**
 * The parts of the answer are views of `packed`.
 * @throws SyntaxError when its head is no JSON, RangeError when its lengths are not those of its parts
 */
export function unpackMessage(packed: Uint8Array): unknown {
  if (packed.byteLength < headerBytes) throw new RangeError('the head is cut off')
  const end = headerBytes + new DataView(packed.buffer, packed.byteOffset).getUint32(0)
  if (end > packed.byteLength) throw new RangeError('the head is cut off')
  const head: unknown = JSON.parse(new TextDecoder().decode(packed.subarray(headerBytes, end)))
  const [message, lengths] = Array.isArray(head) ? head : []
  if (!Array.isArray(lengths)) throw new RangeError('the lengths are missing')
  let at = end
  const parts = lengths.map((length: unknown) => {
    if (!Number.isSafeInteger(length) || (length as number) < 0) throw new RangeError('a length is no number of bytes')
    const part = packed.subarray(at, at + (length as number))
    at += length as number
    return part
  })
  if (at !== packed.byteLength) throw new RangeError('the parts do not have the lengths that the head says')
  return withParts(message, parts)
}

/** Puts the parts where they stood, marked again, so that what came over one line can go on over another. */
export function withParts(message: unknown, parts: readonly Uint8Array[]): unknown {
  if (typeof message !== 'object' || message === null) return message
  if (Array.isArray(message)) {
    for (let at = 0; at < message.length; at++) {
      if (typeof message[at] === 'object') message[at] = withParts(message[at], parts)
    }
    return message
  }
  const fields = message as Record<string, unknown>
  const part = parts[fields[mark] as number]
  if (part !== undefined) return asBytes(part)
  for (const key of Object.keys(fields)) {
    // Own and enumerable, `__proto__` too: to assign that one would do something else.
    if (typeof fields[key] === 'object' && key !== '__proto__') fields[key] = withParts(fields[key], parts)
  }
  return fields
}
