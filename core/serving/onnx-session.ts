import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node'
import type { TensorType } from '../domain/signature.ts'
import type { Tensor } from './tensor.ts'

// The runtime's builds for Linux and macOS report each session, with hashes of the model, to their maker unless this
// is set before the first one is made. Nothing here makes a network call that nobody asked for.
process.env.ORT_DISABLE_TELEMETRY = '1'

/** A tensor that the graph takes or gives; -1 for a free axis. Null type: not a tensor (a sequence, a map). */
export type GraphTensor = {
  readonly name: string
  readonly type: TensorType | null
  readonly shape: readonly number[]
}

export type OnnxSession = {
  readonly inputs: readonly GraphTensor[]
  readonly outputs: readonly GraphTensor[]
  /** Feeds by graph name; gives just the outputs named. @throws Error with the runtime's own words */
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<readonly Tensor[]>
  close(): Promise<void>
}

export type SessionOptions = { readonly threads: number }

type OnnxType = OnnxTensor.Type

const fromOnnx: Partial<Record<OnnxType, TensorType>> = {
  bool: 'BOOL',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
}
const toOnnx = Object.fromEntries(Object.entries(fromOnnx).map(([onnx, ours]) => [ours, onnx])) as Record<
  TensorType,
  OnnxType
>

/** Fatal only: what goes wrong is thrown, and the runtime's own lines would stand between ours. */
const quiet = 4

/**
 * Loads a model from its bytes. One session, one intra-op thread unless told otherwise, no profiling, no
 * custom-op library (none is ever registered, so a node that wants one is refused by the runtime).
 * A hostile file may crash the process: load what is not trusted in a process that may be lost.
 */
export async function loadOnnxSession(bytes: Uint8Array, options: SessionOptions): Promise<OnnxSession> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: quiet,
  })
  return {
    inputs: session.inputMetadata.map(toGraphTensor),
    outputs: session.outputMetadata.map(toGraphTensor),
    async run(feeds, outputs) {
      const tensors: Record<string, OnnxTensor> = {}
      for (const name of Object.keys(feeds)) tensors[name] = toOnnxTensor(feeds[name] as Tensor)
      const answers = await session.run(tensors, outputs, { logSeverityLevel: quiet })
      return outputs.map((name) => fromOnnxTensor(answers[name] as OnnxTensor))
    },
    close: () => session.release(),
  }
}

function toGraphTensor(metadata: InferenceSession.ValueMetadata): GraphTensor {
  if (!metadata.isTensor) return { name: metadata.name, type: null, shape: [] }
  return {
    name: metadata.name,
    type: fromOnnx[metadata.type] ?? null,
    shape: metadata.shape.map((length) => (typeof length === 'number' ? length : -1)),
  }
}

function toOnnxTensor(tensor: Tensor): OnnxTensor {
  return new OnnxTensor(toOnnx[tensor.type], tensor.data as never, tensor.shape)
}

function fromOnnxTensor(tensor: OnnxTensor): Tensor {
  const type = fromOnnx[tensor.type]
  if (type === undefined) throw new Error(`the model answered a tensor of ${tensor.type}, which has no JSON form`)
  return { type, shape: tensor.dims, data: tensor.data as Tensor['data'] }
}
