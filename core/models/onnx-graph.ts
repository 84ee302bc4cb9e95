import type { TensorType } from '../domain/signature.ts'
import type { OnnxTensorInfo } from './onnx-file.ts'
import { readFields, readNumbers, readText, toSigned } from './protobuf.ts'

export type GraphScan = {
  /** Whether the runtime brings this operator, or the file defines it. */
  readonly allowsDomain: (domain: string, operator: string) => boolean
}

/** Subgraphs (branches, loop bodies) in subgraphs; real models have two or three. */
const deepestNesting = 32

/** Bits of one element by ONNX's number of its type. */
const elementBits: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
}

const tensorTypes: Readonly<Record<number, TensorType>> = {
  1: 'FP32',
  2: 'UINT8',
  3: 'INT8',
  4: 'UINT16',
  5: 'INT16',
  6: 'INT32',
  7: 'INT64',
  8: 'BYTES',
  9: 'BOOL',
  10: 'FP16',
  11: 'FP64',
  12: 'UINT32',
  13: 'UINT64',
}

type Boundary = { readonly inputs: readonly OnnxTensorInfo[]; readonly outputs: readonly OnnxTensorInfo[] }

/**
 * Looks at every node, attribute and tensor of a graph (or of a function, whose nodes have another number).
 * @throws RangeError naming what must not reach the runtime
 */
export function scanGraph(bytes: Uint8Array, scan: GraphScan, form: 'graph' | 'function', depth = 0): Boundary {
  if (depth > deepestNesting) throw new RangeError(`its graphs are nested deeper than ${deepestNesting}`)
  const nodeNumber = form === 'graph' ? 1 : 7
  const inputs: OnnxTensorInfo[] = []
  const outputs: OnnxTensorInfo[] = []
  const initialized = new Set<string>()
  for (const field of readFields(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === nodeNumber) scanNode(field.bytes, scan, depth)
    else if (form === 'function') {
      if (field.number === 11) scanAttribute(field.bytes, scan, depth)
    } else if (field.number === 5) initialized.add(scanTensor(field.bytes))
    else if (field.number === 15) scanSparseTensor(field.bytes)
    else if (field.number === 11) inputs.push(readTensorInfo(field.bytes))
    else if (field.number === 12) outputs.push(readTensorInfo(field.bytes))
  }
  // Older files list their weights among the inputs; those are no inputs to feed.
  return { inputs: inputs.filter((input) => !initialized.has(input.name)), outputs }
}

function scanNode(bytes: Uint8Array, scan: GraphScan, depth: number): void {
  let operator = ''
  let domain = ''
  for (const field of readFields(bytes)) {
    if (field.number === 4) operator = readText(field)
    else if (field.number === 7) domain = readText(field)
    else if (field.number === 5 && field.kind === 'bytes') scanAttribute(field.bytes, scan, depth)
  }
  if (!scan.allowsDomain(domain, operator))
    throw new RangeError(
      `its operator ${operator} belongs to ${JSON.stringify(domain)}, which needs a library of its own`,
    )
}

function scanAttribute(bytes: Uint8Array, scan: GraphScan, depth: number): void {
  for (const field of readFields(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 5 || field.number === 10) scanTensor(field.bytes)
    else if (field.number === 6 || field.number === 11) scanGraph(field.bytes, scan, 'graph', depth + 1)
    else if (field.number === 22 || field.number === 23) scanSparseTensor(field.bytes)
  }
}

function scanSparseTensor(bytes: Uint8Array): void {
  for (const field of readFields(bytes))
    if (field.kind === 'bytes' && (field.number === 1 || field.number === 2)) scanTensor(field.bytes)
}

/** Gives its name. Refuses one whose values lie in another file, or that claims more values than it holds. */
function scanTensor(bytes: Uint8Array): string {
  let name = ''
  let type = 0
  let elements = 1n
  let heldBits = 0n
  for (const field of readFields(bytes)) {
    if (field.number === 1) for (const length of readNumbers(field)) elements = multiply(elements, toSigned(length))
    else if (field.number === 2 && field.kind === 'varint') type = Number(field.value)
    else if (field.number === 8) name = readText(field)
    else if (field.number === 13)
      throw new RangeError(`its tensor ${JSON.stringify(name)} lies in another file (${readExternal(field)})`)
    else if (field.number === 14 && field.kind === 'varint' && field.value !== 0n)
      throw new RangeError(`its tensor ${JSON.stringify(name)} lies in another file`)
    else if ([4, 5, 6, 7, 9, 10, 11].includes(field.number)) heldBits += toBits(field)
  }
  const bits = elementBits[type]
  // Typed lists spend up to ten bytes on one value and never less than one; raw bytes hold exactly what they hold.
  if (bits !== undefined && elements * BigInt(Math.min(bits, 8)) > heldBits + 7n)
    throw new RangeError(`its tensor ${JSON.stringify(name)} claims ${elements} values and does not hold them`)
  return name
}

/** No file holds as many values as this; the bound also keeps a million axes from growing one number for ever. */
const mostElements = 2n ** 62n

function multiply(elements: bigint, length: bigint): bigint {
  if (length < 0n) throw new RangeError('a tensor has an axis of negative length')
  if (elements * length > mostElements) throw new RangeError('a tensor claims more values than any file holds')
  return elements * length
}

function toBits(field: { readonly kind: string; readonly bytes?: Uint8Array }): bigint {
  return field.kind === 'bytes' ? BigInt(field.bytes?.length ?? 0) * 8n : 64n
}

/** Only what people need to see: the place that the file wanted to be read. */
function readExternal(field: { readonly kind: string; readonly bytes?: Uint8Array }): string {
  const texts: string[] = []
  for (const member of readFields(field.bytes ?? new Uint8Array())) texts.push(readText(member).slice(0, 200))
  return texts.join(' = ')
}

function readTensorInfo(bytes: Uint8Array): OnnxTensorInfo {
  let name = ''
  let type: TensorType | null = null
  let shape: readonly number[] = []
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = readText(field)
    if (field.number !== 2 || field.kind !== 'bytes') continue
    for (const kind of readFields(field.bytes)) {
      if (kind.number !== 1 || kind.kind !== 'bytes') continue
      for (const part of readFields(kind.bytes)) {
        if (part.number === 1 && part.kind === 'varint') type = tensorTypes[Number(part.value)] ?? null
        if (part.number === 2 && part.kind === 'bytes') shape = readShape(part.bytes)
      }
    }
  }
  return { name, type, shape }
}

function readShape(bytes: Uint8Array): readonly number[] {
  const shape: number[] = []
  for (const axis of readFields(bytes)) {
    if (axis.number !== 1 || axis.kind !== 'bytes') continue
    let length = -1
    for (const part of readFields(axis.bytes))
      if (part.number === 1 && part.kind === 'varint') length = Math.max(-1, Number(toSigned(part.value)))
    shape.push(length)
  }
  return shape
}
