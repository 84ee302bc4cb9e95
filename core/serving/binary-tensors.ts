import type { TensorSpec, TensorType } from '../domain/signature.ts'
import { fromHalfBits } from './pack-values.ts'
import { Refusal } from './refusal.ts'
import type { Tensor } from './tensor.ts'

type Reader = (view: DataView, at: number) => unknown

/** Little-endian, as the binary tensor data extension has it. */
const readers: Record<Exclude<TensorType, 'BYTES'>, readonly [size: number, read: Reader]> = {
  BOOL: [1, (view, at) => view.getUint8(at) !== 0],
  INT8: [1, (view, at) => view.getInt8(at)],
  UINT8: [1, (view, at) => view.getUint8(at)],
  INT16: [2, (view, at) => view.getInt16(at, true)],
  UINT16: [2, (view, at) => view.getUint16(at, true)],
  FP16: [2, (view, at) => fromHalfBits(view.getUint16(at, true))],
  INT32: [4, (view, at) => view.getInt32(at, true)],
  UINT32: [4, (view, at) => view.getUint32(at, true)],
  FP32: [4, (view, at) => view.getFloat32(at, true)],
  INT64: [8, (view, at) => view.getBigInt64(at, true)],
  UINT64: [8, (view, at) => view.getBigUint64(at, true)],
  FP64: [8, (view, at) => view.getFloat64(at, true)],
}

/** @throws Refusal 400 when the bytes are not `count` values */
export function readBinaryValues(type: TensorType, bytes: Buffer, count: number, name: string): readonly unknown[] {
  if (type === 'BYTES') return readTexts(bytes, count, name)
  const [size, read] = readers[type]
  if (bytes.length !== size * count)
    throw new Refusal(
      400,
      `input ${JSON.stringify(name)}: ${count} values of ${type} are ${size * count} bytes, ${bytes.length} came`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: count }, (_, index) => read(view, index * size))
}

/** Four bytes of length before each text. */
function readTexts(bytes: Buffer, count: number, name: string): readonly string[] {
  const texts: string[] = []
  const broken = () =>
    new Refusal(400, `input ${JSON.stringify(name)}: the bytes are not ${count} texts with their lengths`)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let at = 0
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw broken()
    const end = at + 4 + bytes.readUInt32LE(at)
    if (end > bytes.length) throw broken()
    try {
      texts.push(decoder.decode(bytes.subarray(at + 4, end)))
    } catch {
      throw new Refusal(400, `input ${JSON.stringify(name)}: a text is not UTF-8`)
    }
    at = end
  }
  if (texts.length !== count) throw broken()
  return texts
}

/** The values as raw bytes, in the type that the signature announces. */
export function writeBinaryValues(spec: TensorSpec, tensor: Tensor): Buffer {
  const { data } = tensor
  if (Array.isArray(data)) return writeTexts(data)
  if (spec.type === tensor.type) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (spec.type === 'BOOL')
    return Buffer.from(Uint8Array.from(data as Uint8Array, (value) => (Number(value) === 0 ? 0 : 1)))
  return writeConverted(spec.type, data as Float32Array)
}

function writeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length)
      return [length, bytes]
    }),
  )
}

const writers: Record<
  Exclude<TensorType, 'BYTES' | 'BOOL' | 'FP16'>,
  (values: readonly Scalar[]) => ArrayBufferView
> = {
  INT8: (values) => Int8Array.from(values, Number),
  INT16: (values) => Int16Array.from(values, Number),
  INT32: (values) => Int32Array.from(values, Number),
  INT64: (values) => BigInt64Array.from(values, toWhole),
  UINT8: (values) => Uint8Array.from(values, Number),
  UINT16: (values) => Uint16Array.from(values, Number),
  UINT32: (values) => Uint32Array.from(values, Number),
  UINT64: (values) => BigUint64Array.from(values, toWhole),
  FP32: (values) => Float32Array.from(values, Number),
  FP64: (values) => Float64Array.from(values, Number),
}

type Scalar = number | bigint

function toWhole(value: Scalar): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(value))
}

function writeConverted(type: TensorType, data: ArrayLike<Scalar>): Buffer {
  if (type === 'BYTES' || type === 'BOOL' || type === 'FP16') throw new Error(`no way to write numbers as ${type}`)
  const view = writers[type](Array.from(data))
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}
