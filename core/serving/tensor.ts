import type { TensorType } from '../domain/signature.ts'

export type TensorArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[]

/** Values in row-major order. BOOL is one byte, 0 or 1; FP16 keeps its 16 bits as they are; BYTES are texts. */
export type Tensor = { readonly type: TensorType; readonly shape: readonly number[]; readonly data: TensorArray }

const makers: Record<TensorType, (length: number) => TensorArray> = {
  BOOL: (length) => new Uint8Array(length),
  INT8: (length) => new Int8Array(length),
  INT16: (length) => new Int16Array(length),
  INT32: (length) => new Int32Array(length),
  INT64: (length) => new BigInt64Array(length),
  UINT8: (length) => new Uint8Array(length),
  UINT16: (length) => new Uint16Array(length),
  UINT32: (length) => new Uint32Array(length),
  UINT64: (length) => new BigUint64Array(length),
  FP16: (length) => new Uint16Array(length),
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  BYTES: (length) => new Array<string>(length).fill(''),
}

export function createTensorArray(type: TensorType, length: number): TensorArray {
  return makers[type](length)
}

/** Inclusive bounds of the whole-number types. */
export const integerBounds: Partial<Record<TensorType, readonly [bigint, bigint]>> = {
  INT8: [-(2n ** 7n), 2n ** 7n - 1n],
  INT16: [-(2n ** 15n), 2n ** 15n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT8: [0n, 2n ** 8n - 1n],
  UINT16: [0n, 2n ** 16n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
}

export function isFloat(type: TensorType): boolean {
  return type === 'FP32' || type === 'FP64' || type === 'FP16'
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** One tensor of all rows; the shapes agree but for the first axis. */
export function concatenateRows(tensors: readonly Tensor[]): Tensor {
  const first = tensors[0] as Tensor
  if (tensors.length === 1) return first
  const rows = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] as number), 0)
  const shape = [rows, ...first.shape.slice(1)]
  if (Array.isArray(first.data)) {
    return { type: first.type, shape, data: tensors.flatMap((tensor) => tensor.data as string[]) }
  }
  const data = createTensorArray(first.type, countElements(shape)) as Float64Array
  let offset = 0
  for (const tensor of tensors) {
    data.set(tensor.data as Float64Array, offset)
    offset += tensor.data.length
  }
  return { type: first.type, shape, data }
}

/** Rows `from` (inclusive) to `to` (exclusive); shares memory where it can. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const width = countElements(tensor.shape.slice(1))
  const { data } = tensor
  return {
    type: tensor.type,
    shape: [to - from, ...tensor.shape.slice(1)],
    data: Array.isArray(data)
      ? data.slice(from * width, to * width)
      : (data.subarray(from * width, to * width) as TensorArray),
  }
}
