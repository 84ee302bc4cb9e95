import { type Digest, isDigest } from './digest.ts'
import type { JsonValue } from './json.ts'
import type { Signature, TensorSpec } from './signature.ts'

/** `model.json` of a model folder: what the prediction server knows of the `model.onnx` beside it. */
export type ServedModel = {
  readonly format: 1
  readonly name: string
  readonly version: number
  /** Identity of the registered model, as its version, evidence and image say it. */
  readonly digest: Digest
  /** Of the bytes in `model.onnx`; checked before they are loaded. */
  readonly onnxDigest: Digest
  readonly signature: Signature
  /** What `GET /lineage` answers, as it was when the image was built. */
  readonly lineage: JsonValue
}

export const modelFolderFiles = { model: 'model.onnx', description: 'model.json' } as const

/** Refuses what is not a served model. @throws RangeError naming the member. */
export function parseServedModel(value: unknown): ServedModel {
  if (!isRecord(value)) throw new RangeError('it is not an object')
  if (value.format !== 1) throw new RangeError(`format is ${JSON.stringify(value.format)}, and this server reads 1`)
  if (typeof value.name !== 'string' || value.name === '') throw new RangeError('name is not a text')
  if (!Number.isSafeInteger(value.version)) throw new RangeError('version is not a whole number')
  for (const member of ['digest', 'onnxDigest'] as const)
    if (!isDigest(value[member])) throw new RangeError(`${member} is not a sha256 digest`)
  parseSignature(value.signature)
  return value as unknown as ServedModel
}

/** Refuses what is not a signature. @throws RangeError naming the member. */
export function parseSignature(value: unknown): Signature {
  if (!isRecord(value)) throw new RangeError('signature is not an object')
  if (value.layout !== 'columns' && value.layout !== 'tensor') throw new RangeError('signature.layout is unknown')
  for (const side of ['inputs', 'outputs'] as const) {
    const specs = value[side]
    if (!Array.isArray(specs) || specs.length === 0) throw new RangeError(`signature.${side} is empty`)
    const wrong = specs.findIndex((spec) => !isTensorSpec(spec))
    if (wrong >= 0) throw new RangeError(`signature.${side}[${wrong}] is not a tensor`)
    if (new Set(specs.map((spec: TensorSpec) => spec.name)).size !== specs.length)
      throw new RangeError(`signature.${side} names one tensor twice`)
  }
  const signature = value as unknown as Signature
  if (!signature.outputs.some((output) => output.name === signature.predictOutput))
    throw new RangeError(`signature.predictOutput ${JSON.stringify(signature.predictOutput)} is not among its outputs`)
  if (signature.classes !== null && !Array.isArray(signature.classes))
    throw new RangeError('signature.classes is not a list')
  return signature
}

function isTensorSpec(value: unknown): value is TensorSpec {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    typeof value.graphName === 'string' &&
    typeof value.type === 'string' &&
    typeof value.nullable === 'boolean' &&
    Array.isArray(value.shape) &&
    value.shape.length > 0 &&
    value.shape.every((length) => Number.isSafeInteger(length) && length >= -1) &&
    (value.levels === undefined || Array.isArray(value.levels))
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
