import type { PackedColumn, RunColumn } from '../../core/domain/run-columns.ts'

export function unpackColumn(packed: PackedColumn, count: number): RunColumn {
  if (packed.kind === 'text') {
    return { kind: 'text', codes: new Uint32Array(bytesOf(packed.codes)), dictionary: packed.dictionary }
  }
  const has = new Uint8Array(count).fill(1)
  if (packed.has !== null) {
    const bits = new Uint8Array(bytesOf(packed.has))
    for (let row = 0; row < count; row++) has[row] = ((bits[row >> 3] as number) >> (row & 7)) & 1
  }
  return { kind: 'number', values: new Float64Array(bytesOf(packed.values)), has }
}

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes.buffer
}
