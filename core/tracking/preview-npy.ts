import type { ArtifactPreview } from '../domain/artifact.ts'
import type { JsonValue } from '../domain/json.ts'

const magic = Buffer.from('\x93NUMPY', 'latin1')
const mostValues = 200

/** Reads of one element type: its size and how to take it from bytes of one order. */
type ElementType = {
  readonly sizeBytes: number
  readonly read: (view: DataView, at: number, little: boolean) => JsonValue
}

const number = (value: number): JsonValue => (Number.isFinite(value) ? value : String(value))
const integer = (value: bigint): JsonValue => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value))

const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['b1', { sizeBytes: 1, read: (view, at) => view.getUint8(at) !== 0 }],
  ['i1', { sizeBytes: 1, read: (view, at) => view.getInt8(at) }],
  ['u1', { sizeBytes: 1, read: (view, at) => view.getUint8(at) }],
  ['i2', { sizeBytes: 2, read: (view, at, little) => view.getInt16(at, little) }],
  ['u2', { sizeBytes: 2, read: (view, at, little) => view.getUint16(at, little) }],
  ['i4', { sizeBytes: 4, read: (view, at, little) => view.getInt32(at, little) }],
  ['u4', { sizeBytes: 4, read: (view, at, little) => view.getUint32(at, little) }],
  ['i8', { sizeBytes: 8, read: (view, at, little) => integer(view.getBigInt64(at, little)) }],
  ['u8', { sizeBytes: 8, read: (view, at, little) => integer(view.getBigUint64(at, little)) }],
  ['f2', { sizeBytes: 2, read: (view, at, little) => number(toHalf(view.getUint16(at, little))) }],
  ['f4', { sizeBytes: 4, read: (view, at, little) => number(view.getFloat32(at, little)) }],
  ['f8', { sizeBytes: 8, read: (view, at, little) => number(view.getFloat64(at, little)) }],
])

/** The first bytes of a `.npy` file; enough for any header and for the values that are shown. */
export const npyStartBytes = 64 * 1024

/** Shape, type and first values, in the order of the file. */
export function previewNpy(start: Buffer): ArtifactPreview {
  const header = readHeader(start)
  if (header === null) return { kind: 'none', reason: 'This is not a NumPy array that can be shown.' }
  const { dtype, shape, dataStart } = header
  return { kind: 'array', shape, dtype, head: readHead(start.subarray(dataStart), dtype, shape) }
}

function readHeader(start: Buffer) {
  if (start.length < 12 || !start.subarray(0, 6).equals(magic)) return null
  const isFirstVersion = start[6] === 1
  const length = isFirstVersion ? start.readUInt16LE(8) : start.readUInt32LE(8)
  const textStart = isFirstVersion ? 10 : 12
  const text = start.toString('latin1', textStart, textStart + length)
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1] ?? /'descr':\s*(\[.*?\]),\s*'fortran_order'/s.exec(text)?.[1]
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (descr === undefined || shape === undefined) return null
  const sizes = shape.split(',').filter((part) => part.trim() !== '')
  return { dtype: descr, shape: sizes.map(Number), dataStart: textStart + length }
}

function readHead(data: Buffer, dtype: string, shape: readonly number[]): readonly JsonValue[] {
  const element = elementTypes.get(dtype.slice(1))
  if (!element) return []
  const total = shape.reduce((product, size) => product * size, 1)
  const count = Math.min(mostValues, total, Math.floor(data.length / element.sizeBytes))
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Array.from({ length: count }, (_, index) => element.read(view, index * element.sizeBytes, dtype[0] !== '>'))
}

function toHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
