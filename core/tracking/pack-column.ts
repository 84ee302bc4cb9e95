import type { PackedColumn, RunColumn } from '../domain/run-columns.ts'

export function packColumn(column: RunColumn): PackedColumn {
  if (column.kind === 'text') return { kind: 'text', codes: toBase64(column.codes), dictionary: column.dictionary }
  return { kind: 'number', values: toBase64(column.values), has: packBits(column.has) }
}

function packBits(has: Uint8Array): string | null {
  const bits = new Uint8Array(Math.ceil(has.length / 8))
  let count = 0
  for (let row = 0; row < has.length; row++) {
    const one = has[row] as number
    ;(bits[row >> 3] as number) |= one << (row & 7)
    count += one
  }
  return count === has.length ? null : toBase64(bits)
}

function toBase64(array: Uint8Array | Uint32Array | Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')
}
