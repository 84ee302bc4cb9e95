import type { PackedColumn, RunColumn } from '../domain/run-columns.ts'
import { asBytes } from '../rpc/message-bytes.ts'

/** The bytes are those of the column itself: whoever has the answer sends it on at once or copies it. */
export function packColumn(column: RunColumn): PackedColumn {
  if (column.kind === 'text') return { kind: 'text', codes: bytesOf(column.codes), dictionary: column.dictionary }
  return { kind: 'number', values: bytesOf(column.values), has: packBits(column.has) }
}

function packBits(has: Uint8Array): Uint8Array | null {
  const bits = new Uint8Array(Math.ceil(has.length / 8))
  let count = 0
  for (let row = 0; row < has.length; row++) {
    const one = has[row] as number
    ;(bits[row >> 3] as number) |= one << (row & 7)
    count += one
  }
  return count === has.length ? null : asBytes(bits)
}

function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return asBytes(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
}
