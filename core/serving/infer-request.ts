import type { TensorSpec, TensorType } from '../domain/signature.ts'
import { readBinaryValues } from './binary-tensors.ts'
import { describeValue, packValues } from './pack-values.ts'
import type { Batch, Predictor } from './predictor.ts'
import { Refusal } from './refusal.ts'
import { isObject, readJson } from './table-request.ts'
import { countElements } from './tensor.ts'

export type WantedOutput = { readonly name: string; readonly binary: boolean }
export type InferRequest = {
  readonly id: string | null
  readonly batch: Batch
  readonly outputs: readonly WantedOutput[]
}

const tensorTypes: readonly TensorType[] = [
  'BOOL',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
]

/**
 * An Open Inference Protocol v2 request: JSON, or JSON followed by raw tensors when `headerLength` says where
 * the JSON ends (the binary tensor data extension).
 * @throws Refusal 400 for what breaks the protocol, 422 for values that the signature refuses
 */
export function readInferRequest(body: Buffer, headerLength: number | null, predictor: Predictor): InferRequest {
  if (headerLength !== null && headerLength > body.length)
    throw new Refusal(400, `Inference-Header-Content-Length is ${headerLength}, the body has ${body.length} bytes`)
  const head = readJson(toText(headerLength === null ? body : body.subarray(0, headerLength)))
  if (!isObject(head)) throw new Refusal(400, 'the request is not an object')
  const { id = null, inputs, outputs = [], parameters = {} } = head
  if (id !== null && typeof id !== 'string') throw new Refusal(400, 'id is not a text')
  if (!Array.isArray(inputs)) throw new Refusal(400, 'inputs is not a list')
  if (!Array.isArray(outputs)) throw new Refusal(400, 'outputs is not a list')
  if (!isObject(parameters)) throw new Refusal(400, 'parameters is not an object')
  const raw = new RawTensors(headerLength === null ? Buffer.alloc(0) : body.subarray(headerLength))
  const given = new Map(inputs.map((input) => readInput(input, raw, predictor)))
  raw.finish()
  if (given.size !== inputs.length) throw new Refusal(400, 'inputs names one tensor twice')
  return {
    id,
    batch: toBatch(given, predictor),
    outputs: readWanted(outputs, parameters.binary_data_output === true, predictor),
  }
}

type GivenInput = { readonly shape: readonly number[]; readonly values: readonly unknown[] }

function readInput(input: unknown, raw: RawTensors, predictor: Predictor): [string, GivenInput] {
  if (!isObject(input) || typeof input.name !== 'string') throw new Refusal(400, 'an input has no name')
  const name = JSON.stringify(input.name)
  const spec = predictor.signature.inputs.find((one) => one.name === input.name)
  if (!spec) throw new Refusal(400, `the model has no input ${name}`, { column: input.name })
  const { shape, datatype } = input
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    throw new Refusal(400, `input ${name}: shape is not a list of sizes`, { column: input.name })
  checkShape(spec, shape)
  if (!tensorTypes.includes(datatype as TensorType) || !isCompatible(spec.type, datatype as TensorType))
    throw new Refusal(400, `input ${name}: datatype is ${describeValue(datatype)}, the model takes ${spec.type}`, {
      column: input.name,
    })
  const count = countElements(shape)
  const size = isObject(input.parameters) ? input.parameters.binary_data_size : undefined
  if (size !== undefined) {
    if (input.data !== undefined)
      throw new Refusal(400, `input ${name} has both data and binary_data_size`, { column: input.name })
    return [
      spec.name,
      { shape, values: readBinaryValues(datatype as TensorType, raw.take(size, name), count, spec.name) },
    ]
  }
  if (!Array.isArray(input.data)) throw new Refusal(400, `input ${name}: data is not a list`, { column: input.name })
  const values = flatten(input.data, shape.length)
  if (values.length !== count)
    throw new Refusal(400, `input ${name}: shape [${shape}] wants ${count} values, data has ${values.length}`, {
      column: input.name,
    })
  return [spec.name, { shape, values }]
}

/** The axis of one that a column has may be left out. */
function checkShape(spec: TensorSpec, shape: readonly number[]): void {
  const fits = (wanted: readonly number[]) =>
    wanted.length === shape.length &&
    wanted.every((length, axis) => length === -1 || length === shape[axis] || axis === 0)
  if (fits(spec.shape) || (spec.shape[1] === 1 && spec.shape.length === 2 && shape.length === 1)) return
  throw new Refusal(400, `input ${JSON.stringify(spec.name)}: shape is [${shape}], the model takes [${spec.shape}]`, {
    column: spec.name,
  })
}

/** Clients send the type their language gives; what holds the same values is taken, and each value is checked. */
function isCompatible(wanted: TensorType, given: TensorType): boolean {
  if (wanted === 'BYTES' || given === 'BYTES' || wanted === 'BOOL' || given === 'BOOL') return wanted === given
  return wanted.startsWith('FP') || !given.startsWith('FP')
}

function toBatch(given: ReadonlyMap<string, GivenInput>, predictor: Predictor): Batch {
  let rows: number | null = null
  const tensors = predictor.signature.inputs.map((spec, i) => {
    const input = given.get(spec.name)
    if (!input) throw new Refusal(400, `the input ${JSON.stringify(spec.name)} is missing`, { column: spec.name })
    const count = input.shape[0] ?? 0
    rows ??= count
    if (count !== rows)
      throw new Refusal(400, `input ${JSON.stringify(spec.name)} has ${count} rows, the others ${rows}`, {
        column: spec.name,
      })
    const inner = input.shape.slice(1)
    const isFlat = inner.length === 0 || (inner.length === 1 && inner[0] === 1 && spec.shape[1] === 1)
    const values = isFlat ? input.values : nest(input.values, inner, count)
    return packValues(spec, predictor.graphTypes[i] as TensorType, values, isFlat ? 'columns' : 'tensor')
  })
  return { rows: rows ?? 0, tensors }
}

function readWanted(
  outputs: readonly unknown[],
  binaryByDefault: boolean,
  predictor: Predictor,
): readonly WantedOutput[] {
  const known = predictor.signature.outputs.map((output) => output.name)
  if (outputs.length === 0) return known.map((name) => ({ name, binary: binaryByDefault }))
  return outputs.map((output) => {
    if (!isObject(output) || typeof output.name !== 'string') throw new Refusal(400, 'an output has no name')
    if (!known.includes(output.name)) throw new Refusal(400, `the model has no output ${JSON.stringify(output.name)}`)
    const binary = isObject(output.parameters) ? output.parameters.binary_data : undefined
    return { name: output.name, binary: binary === undefined ? binaryByDefault : binary === true }
  })
}

/** The raw tensors behind the JSON, taken in the order of the inputs that name a size. */
class RawTensors {
  #rest: Buffer
  constructor(bytes: Buffer) {
    this.#rest = bytes
  }
  take(size: unknown, name: string): Buffer {
    if (!Number.isSafeInteger(size) || (size as number) < 0)
      throw new Refusal(400, `input ${name}: binary_data_size is no size`)
    if ((size as number) > this.#rest.length)
      throw new Refusal(400, `input ${name}: ${size} bytes announced, ${this.#rest.length} came`)
    const taken = this.#rest.subarray(0, size as number)
    this.#rest = this.#rest.subarray(size as number)
    return taken
  }
  finish(): void {
    if (this.#rest.length > 0)
      throw new Refusal(400, `${this.#rest.length} bytes after the last tensor belong to no input`)
  }
}

/** Nested or flat `data` to flat; deeper than the shape is left alone and refused as a value. */
function flatten(data: readonly unknown[], depth: number): readonly unknown[] {
  return depth > 1 && data.some(Array.isArray) ? (data.flat(depth - 1) as unknown[]) : data
}

function nest(values: readonly unknown[], inner: readonly number[], rows: number): readonly unknown[] {
  const width = countElements(inner)
  const row = (from: number, axis: number): unknown => {
    if (axis === inner.length) return values[from]
    const stride = countElements(inner.slice(axis + 1))
    return Array.from({ length: inner[axis] as number }, (_, i) => row(from + i * stride, axis + 1))
  }
  return Array.from({ length: rows }, (_, r) => row(r * width, 0))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function toText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Refusal(400, 'the body is not UTF-8')
  }
}
