import { writeZip } from '../../core/environments/zip.ts'

/** One array as NumPy writes it; the shape as Python spells it. */
export type NpyArray = { readonly type: string; readonly shape: string; readonly bytes: Uint8Array }

export function npyFile(
  { type, shape, bytes }: NpyArray,
  more: { readonly order?: 'True' | 'False' } = {},
): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': ${more.order ?? 'False'}, 'shape': ${shape}, }`
  const header = `${text.padEnd(117)}\n`
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0])
  return Buffer.concat([start, Buffer.from(header), bytes])
}

/** A file of rows that prove a model, whose document names the arrays as `0.npy`, `1.npy` … */
export function predictionsFile(document: unknown, arrays: readonly (NpyArray | Uint8Array)[]): Uint8Array {
  return writeZip([
    { path: 'predictions.json', bytes: Buffer.from(JSON.stringify(document)) },
    ...arrays.map((array, at) => ({
      path: `${at}.npy`,
      bytes: array instanceof Uint8Array ? array : npyFile(array),
    })),
  ])
}
