import type { TensorType } from '../domain/signature.ts'
import { type GraphScan, scanGraph } from './onnx-graph.ts'
import { type Field, readFields, readText, toSigned } from './protobuf.ts'

export type OnnxTensorInfo = {
  readonly name: string
  /** Null when it is no tensor, or one of a type that has no JSON form. */
  readonly type: TensorType | null
  /** -1 for a free axis. */
  readonly shape: readonly number[]
}

/** What an ONNX file says of itself, read without any runtime. */
export type OnnxFile = {
  readonly irVersion: number
  readonly producer: string
  readonly opsets: readonly { readonly domain: string; readonly version: number }[]
  readonly inputs: readonly OnnxTensorInfo[]
  readonly outputs: readonly OnnxTensorInfo[]
}

/** Newest that the runtime shipped here loads. */
const newestOpset = 26
const newestIr = 13

/** Operators that the runtime itself brings; any other domain would want a library to be loaded. */
const builtInDomains: readonly string[] = ['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']

/**
 * Reads an ONNX file with a scan of our own, so that what is refused never reaches the runtime: other formats,
 * files beside the file, operators of foreign domains, tensors that claim more than they hold.
 * @throws RangeError saying why, in words that complete "the file is refused: …"
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  refuseOtherFormats(bytes)
  let irVersion = 0
  let producer = ''
  const opsets: { domain: string; version: number }[] = []
  const functions: Uint8Array[] = []
  const training: Uint8Array[] = []
  let graph: Uint8Array | null = null
  for (const field of readFields(bytes)) {
    if (field.number === 1 && field.kind === 'varint') irVersion = Number(field.value)
    else if (field.number === 2) producer = readText(field)
    else if (field.number === 8 && field.kind === 'bytes') opsets.push(readOpset(field.bytes))
    else if (field.number === 7 && field.kind === 'bytes') graph = field.bytes
    else if (field.number === 20 && field.kind === 'bytes') training.push(field.bytes)
    else if (field.number === 25 && field.kind === 'bytes') functions.push(field.bytes)
  }
  if (graph === null) throw new RangeError('it is no ONNX model: it holds no graph')
  if (training.length > 0) throw new RangeError('it carries training graphs, which a served model has no use for')
  if (irVersion < 1 || irVersion > newestIr)
    throw new RangeError(`its format version is ${irVersion}; this runtime reads up to ${newestIr}`)
  const tooNew = opsets.find(
    (opset) => (opset.domain === '' || opset.domain === 'ai.onnx') && opset.version > newestOpset,
  )
  if (tooNew) throw new RangeError(`it uses opset ${tooNew.version}; this runtime knows up to ${newestOpset}`)
  const own = functions.map(readFunctionName)
  const scan: GraphScan = {
    allowsDomain: (domain, operator) => builtInDomains.includes(domain) || own.includes(`${domain}::${operator}`),
  }
  for (const body of functions) scanGraph(body, scan, 'function')
  const { inputs, outputs } = scanGraph(graph, scan, 'graph')
  if (outputs.length === 0) throw new RangeError('it gives no output')
  return { irVersion, producer, opsets, inputs, outputs }
}

/** Names of formats that people give the ending .onnx; telling them apart spares a riddle. */
function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new RangeError('it is empty')
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  if (bytes[0] === 0x80 && (bytes[1] as number) <= 5) throw new RangeError('it is a Python pickle, not ONNX')
  if (head.startsWith('PK\u0003\u0004')) throw new RangeError('it is a zip archive, not ONNX')
  if (head.startsWith('\u0089HDF')) throw new RangeError('it is an HDF5 file, not ONNX')
  if (/^\s*[{[<]/.test(head)) throw new RangeError('it is text, not ONNX')
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  let domain = ''
  let version = 0
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = readText(field)
    if (field.number === 2 && field.kind === 'varint') version = Number(toSigned(field.value))
  }
  return { domain, version }
}

function readFunctionName(bytes: Uint8Array): string {
  const texts = new Map<number, string>()
  for (const field of readFields(bytes) as Iterable<Field>)
    if (field.number === 1 || field.number === 10) texts.set(field.number, readText(field))
  return `${texts.get(10) ?? ''}::${texts.get(1) ?? ''}`
}
