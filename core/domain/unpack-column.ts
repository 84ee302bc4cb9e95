import type { PackedColumn, RunColumn } from './run-columns.ts'

/** A column with memory of its own. */
export function unpackColumn(packed: PackedColumn, count: number): RunColumn {
  if (packed.kind === 'text') {
    return { kind: 'text', codes: new Uint32Array(copyOf(packed.codes)), dictionary: packed.dictionary }
  }
  const has = new Uint8Array(count)
  const bits = packed.has
  if (bits === null) has.fill(1)
  else for (let row = 0; row < count; row++) has[row] = ((bits[row >> 3] as number) >> (row & 7)) & 1
  return { kind: 'number', values: new Float64Array(copyOf(packed.values)), has }
}

/** Wherever in a message the bytes stood, numbers have to begin at a place of theirs. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
