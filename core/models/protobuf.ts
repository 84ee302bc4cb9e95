/** One field of a protobuf message, as it lies in the bytes. */
export type Field =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: 'fixed' }

/** Walks the fields of one message without copying. @throws RangeError on bytes that are no message */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0

  const readVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw new RangeError('it ends within a number')
      const byte = view.getUint8(at++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a number has no end')
  }
  const skip = (length: bigint): number => {
    const start = at
    if (length > BigInt(bytes.length - at)) throw new RangeError('it ends within a field')
    at += Number(length)
    return start
  }

  while (at < bytes.length) {
    const tag = readVarint()
    const number = Number(tag >> 3n)
    if (number < 1 || number > 536_870_911) throw new RangeError('a field has no number')
    switch (Number(tag & 7n)) {
      case 0:
        yield { number, kind: 'varint', value: readVarint() }
        break
      case 1:
        skip(8n)
        yield { number, kind: 'fixed' }
        break
      case 2: {
        const length = readVarint()
        const start = skip(length)
        yield { number, kind: 'bytes', bytes: bytes.subarray(start, at) }
        break
      }
      case 5:
        skip(4n)
        yield { number, kind: 'fixed' }
        break
      default:
        throw new RangeError('a field has an unknown form')
    }
  }
}

/** Packed or not, protobuf lets a list of numbers be written either way. */
export function readNumbers(field: Field): readonly bigint[] {
  if (field.kind === 'varint') return [field.value]
  if (field.kind === 'fixed') return []
  const numbers: bigint[] = []
  let value = 0n
  let shift = 0n
  for (const byte of field.bytes) {
    value |= BigInt(byte & 127) << shift
    shift += 7n
    if (byte >= 128) continue
    numbers.push(BigInt.asUintN(64, value))
    value = 0n
    shift = 0n
  }
  return numbers
}

export function readText(field: Field): string {
  return field.kind === 'bytes' ? new TextDecoder().decode(field.bytes) : ''
}

/** A signed 64-bit number as protobuf's int64 has it. */
export function toSigned(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}
