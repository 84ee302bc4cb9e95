import type { Signature, TensorSpec, TensorType } from '../domain/signature.ts'
import { refuseValue } from './refusal.ts'
import { countElements, createTensorArray, integerBounds, isFloat, type Tensor, type TensorArray } from './tensor.ts'

const largestFloat32 = 3.4028235677973366e38

/**
 * JSON values of one input, checked against what the signature says, laid out as the graph wants them.
 * `values` holds one entry per row: a scalar, or for inner axes a nested list; `layout` says whether an axis of one
 * is a column's, which holds scalars and no lists.
 * @throws Refusal 422 naming the input and the row
 */
export function packValues(
  spec: TensorSpec,
  graphType: TensorType,
  values: readonly unknown[],
  layout: Signature['layout'],
): Tensor {
  const inner = resolveInnerShape(spec, values[0])
  const width = countElements(inner)
  const data = createTensorArray(graphType, values.length * width)
  const pack = packers(spec, graphType, data)
  const isColumn = spec.shape.length === 2 && spec.shape[1] === 1
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]
    if (inner.length === 0 || (isColumn && (layout === 'columns' || !Array.isArray(value)))) pack(row, value, row)
    else packNested(spec, pack, inner, 0, row * width, value, row)
  }
  return { type: graphType, shape: [values.length, ...inner], data }
}

/** The axes after the first; a free one takes the length that the first row has. */
function resolveInnerShape(spec: TensorSpec, first: unknown): readonly number[] {
  let value = first
  return spec.shape.slice(1).map((length) => {
    const found = Array.isArray(value) ? value.length : 0
    value = Array.isArray(value) ? value[0] : undefined
    return length === -1 ? found : length
  })
}

type Pack = (index: number, value: unknown, row: number) => void

function packNested(
  spec: TensorSpec,
  pack: Pack,
  inner: readonly number[],
  axis: number,
  offset: number,
  value: unknown,
  row: number,
): void {
  const length = inner[axis] as number
  if (!Array.isArray(value))
    throw refuseValue(`expected a list of ${length}, found ${describeValue(value)}`, spec.name, row)
  if (value.length !== length)
    throw refuseValue(`expected a list of ${length}, found one of ${value.length}`, spec.name, row)
  const isLast = axis === inner.length - 1
  const stride = isLast ? 1 : countElements(inner.slice(axis + 1))
  for (let i = 0; i < length; i += 1) {
    if (isLast) pack(offset + i, value[i], row)
    else packNested(spec, pack, inner, axis + 1, offset + i * stride, value[i], row)
  }
}

/** The check belongs to the signature's type, the store to the graph's: an INT64 column may feed a float graph. */
function packers(spec: TensorSpec, graphType: TensorType, data: TensorArray): Pack {
  const check = checks(spec, graphType)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return (index, value, row) => {
      const checked = check(value, row)
      data[index] = typeof checked === 'bigint' ? checked : BigInt(checked as number)
    }
  if (Array.isArray(data))
    return (index, value, row) => {
      data[index] = String(check(value, row))
    }
  if (graphType === 'FP16')
    return (index, value, row) => {
      data[index] = toHalfBits(Number(check(value, row)))
    }
  return (index, value, row) => {
    data[index] = Number(check(value, row))
  }
}

type Check = (value: unknown, row: number) => number | bigint | string

function checks(spec: TensorSpec, graphType: TensorType): Check {
  const { name, type } = spec
  if (type === 'BYTES')
    return (value, row) => {
      if (typeof value === 'string') return value
      if (value === null && spec.nullable) return ''
      throw refuseValue(`expected a text, found ${describeValue(value)}`, name, row)
    }
  if (type === 'BOOL')
    return (value, row) => {
      if (value === true) return 1
      if (value === false) return 0
      throw refuseValue(`expected true or false, found ${describeValue(value)}`, name, row)
    }
  if (isFloat(type)) return floatCheck(spec, graphType)
  return integerCheck(spec)
}

function floatCheck(spec: TensorSpec, graphType: TensorType): Check {
  const largest = graphType === 'FP64' ? Number.MAX_VALUE : graphType === 'FP16' ? 65519 : largestFloat32
  return (value, row) => {
    const number = toFloat(value)
    if (number === null) throw refuseValue(`expected a number, found ${describeValue(value)}`, spec.name, row)
    if (Number.isNaN(number) && !spec.nullable) throw refuseValue('a missing value is not allowed here', spec.name, row)
    if (Math.abs(number) > largest && Number.isFinite(number))
      throw refuseValue(`${number} is too large for ${graphType}`, spec.name, row)
    return number
  }
}

function toFloat(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (value === null || value === 'NaN') return Number.NaN
  if (typeof value === 'bigint') return Number(value)
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  return null
}

function integerCheck(spec: TensorSpec): Check {
  const [least, most] = integerBounds[spec.type] as readonly [bigint, bigint]
  const leastNumber = Number(least)
  const mostNumber = Number(most)
  const outside = (value: unknown, row: number) =>
    refuseValue(`${value} is outside ${spec.type} (${least} to ${most})`, spec.name, row)
  return (value, row) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) {
      if (value < leastNumber || value > mostNumber) throw outside(value, row)
      return value
    }
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
      const whole = BigInt(value)
      if (whole < least || whole > most) throw outside(value, row)
      return whole
    }
    if (value === null) throw refuseValue('a missing value is not allowed here', spec.name, row)
    throw refuseValue(`expected a whole number, found ${describeValue(value)}`, spec.name, row)
  }
}

export function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return value.length > 40 ? 'a text' : `the text ${JSON.stringify(value)}`
  return String(value)
}

/** Nearest IEEE half, ties to even. */
export function toHalfBits(value: number): number {
  float.setFloat32(0, value)
  const bits = float.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  if (Number.isNaN(value)) return sign | 0x7e00
  const magnitude = Math.abs(value)
  if (magnitude >= 65520) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude / 2 ** -24)
  const exponent = Math.floor(Math.log2(magnitude))
  const mantissa = roundToEven((magnitude / 2 ** exponent - 1) * 1024)
  return sign | (((exponent + 15) << 10) + mantissa)
}

export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const float = new DataView(new ArrayBuffer(4))

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
