import type { Signature, TensorSpec, TensorType } from '../domain/signature.ts'
import type { OnnxFile, OnnxTensorInfo } from './onnx-file.ts'

/** The signature of a model that came as bare ONNX: the graph's own names and types; null when JSON cannot feed it. */
export function signatureFromOnnx({ inputs, outputs }: OnnxFile): Signature | null {
  const answered = outputs.filter((output) => output.type !== null)
  if (inputs.length === 0 || answered.length === 0 || inputs.some((input) => input.type === null)) return null
  const isColumns = inputs.every((input) => input.shape.length === 2 && input.shape[1] === 1)
  return {
    layout: isColumns ? 'columns' : 'tensor',
    inputs: inputs.map(toSpec),
    outputs: answered.map(toSpec),
    predictOutput: (answered[0] as OnnxTensorInfo).name,
    classes: null,
  }
}

function toSpec({ name, type, shape }: OnnxTensorInfo): TensorSpec {
  return {
    name,
    graphName: name,
    type: type as TensorType,
    shape: shape.length === 0 ? [-1] : [-1, ...shape.slice(1)],
    nullable: type === 'FP32' || type === 'FP64' || type === 'FP16',
  }
}
