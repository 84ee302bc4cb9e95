import type { ExactValue } from '../domain/exact-json.ts'
import type { TensorSpec } from '../domain/signature.ts'
import { fromHalfBits } from './pack-values.ts'
import { isFloat, type Tensor } from './tensor.ts'

/**
 * One JSON value per row, in the type that the signature names.
 * NaN is null, for JSON has no NaN; infinities are the texts "Infinity" and "-Infinity"; whole numbers beyond
 * 2^53 stay exact. A bare axis of one that the signature does not name is left out.
 */
export function unpackValues(spec: TensorSpec, tensor: Tensor): readonly ExactValue[] {
  const { shape } = tensor
  const rows = shape[0] ?? 1
  const read = readers(spec, tensor)
  const drops = spec.shape.length === 1 && shape.length === 2 && shape[1] === 1
  const inner = drops ? [] : shape.slice(1)
  const values: ExactValue[] = new Array(rows)
  if (inner.length === 0) {
    for (let row = 0; row < rows; row += 1) values[row] = read(row)
    return values
  }
  let next = 0
  const nest = (axis: number): ExactValue => {
    if (axis === inner.length) return read(next++)
    return Array.from({ length: inner[axis] as number }, () => nest(axis + 1))
  }
  for (let row = 0; row < rows; row += 1) values[row] = nest(0)
  return values
}

/** All values in row-major order, as the Open Inference Protocol's flat `data`. */
export function unpackFlat(spec: TensorSpec, tensor: Tensor): readonly ExactValue[] {
  const read = readers(spec, tensor)
  return Array.from({ length: tensor.data.length }, (_, index) => read(index))
}

function readers(spec: TensorSpec, tensor: Tensor): (index: number) => ExactValue {
  const { data, type } = tensor
  if (Array.isArray(data)) return (index) => data[index] as string
  if (spec.type === 'BOOL') return (index) => Number(data[index]) !== 0
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return (index) => {
      const whole = data[index] as bigint
      const number = Number(whole)
      return Number.isSafeInteger(number) ? number : whole
    }
  if (!isFloat(type)) return (index) => data[index] as number
  if (type === 'FP16') return (index) => toJsonFloat(fromHalfBits(data[index] as number))
  return (index) => toJsonFloat(data[index] as number)
}

function toJsonFloat(value: number): number | string | null {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? null : String(value)
}
