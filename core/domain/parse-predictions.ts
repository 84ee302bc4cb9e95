import { type ExactValue, parseExactJson } from './exact-json.ts'
import type { RecordedPredictions } from './predictions.ts'

const documentName = 'predictions.json'
const memberSignature = 0x04034b50
const memberHeaderBytes = 30
/** Stands for a size that is too long for its field. */
const unsaid = 0xffffffff

/**
 * A file of rows that prove a model: a zip that is not compressed, of a document and the arrays that it names, as .npy.
 * Up to release 0.1.0 all of it was JSON. Whole numbers of 64 bits are exact.
 * @throws SyntaxError
 */
export function parsePredictions(file: Uint8Array): RecordedPredictions {
  if (viewOf(file).byteLength < 4 || viewOf(file).getUint32(0, true) !== memberSignature)
    return parseExactJson(toText(file)) as RecordedPredictions
  const members = membersOf(file)
  const read = (name: string): Uint8Array => members.get(name) ?? refuse(`${name} is missing`)
  type Document = Omit<RecordedPredictions, 'inputs' | 'outputs'> & { readonly [part in 'inputs' | 'outputs']: Values }
  type Values = { readonly [name: string]: readonly ExactValue[] | { readonly npy: string } }
  const document = parseExactJson(toText(read(documentName))) as Document
  const withLists = (values: Values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, 'npy' in value ? parseNpy(read(value.npy)) : value]),
    ) as RecordedPredictions['inputs']
  return { ...document, inputs: withLists(document.inputs), outputs: withLists(document.outputs) }
}

/** By name, in the order of the file. */
function membersOf(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = viewOf(file)
  const members = new Map<string, Uint8Array>()
  for (let at = 0; view.getUint32(at, true) === memberSignature; ) {
    const [method, sizeBytes] = [view.getUint16(at + 8, true), view.getUint32(at + 18, true)]
    if (method !== 0 || sizeBytes === unsaid) refuse('a member is compressed, or of 4 GiB and more')
    const nameStart = at + memberHeaderBytes
    const nameEnd = nameStart + view.getUint16(at + 26, true)
    const start = nameEnd + view.getUint16(at + 28, true)
    at = start + sizeBytes
    members.set(toText(file.subarray(nameStart, nameEnd)), file.subarray(start, at))
  }
  return members
}

type Reader = (view: DataView, at: number) => number | bigint | boolean
const readers: Readonly<Record<string, readonly [sizeBytes: number, Reader]>> = {
  b1: [1, (view, at) => view.getUint8(at) !== 0],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i8: [8, (view, at) => toWhole(view.getBigInt64(at, true))],
  u8: [8, (view, at) => toWhole(view.getBigUint64(at, true))],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
}

function toWhole(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** One list for each dimension. */
function parseNpy(file: Uint8Array): readonly ExactValue[] {
  const view = viewOf(file)
  const [lengthBytes, headerBytes] =
    view.getUint8(6) === 1 ? [2, view.getUint16(8, true)] : [4, view.getUint32(8, true)]
  const start = 8 + lengthBytes + headerBytes
  const header = toText(file.subarray(8 + lengthBytes, start))
  const type = /'descr': *'[<|](\w+)'/.exec(header)?.[1] ?? ''
  const [sizeBytes, read] = readers[type] ?? refuse(`it holds an array of ${header.trim()}`)
  if (!/'fortran_order': *False/.test(header)) refuse('an array is not in the order of its rows')
  const shape = (/'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? '').match(/\d+/g)?.map(Number) ?? []
  let at = start
  const take = (): ExactValue => {
    const value = read(view, at)
    at += sizeBytes
    return value
  }
  const listOf = (dimension: number): readonly ExactValue[] =>
    Array.from({ length: shape[dimension] ?? 0 }, dimension + 1 < shape.length ? () => listOf(dimension + 1) : take)
  return listOf(0)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function refuse(problem: string): never {
  throw new SyntaxError(`These are no recorded predictions: ${problem}`)
}
