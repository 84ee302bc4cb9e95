import { exactJson } from '../domain/exact-json.ts'
import type { TensorSpec } from '../domain/signature.ts'
import { writeBinaryValues } from './binary-tensors.ts'
import { type InferRequest, readInferRequest } from './infer-request.ts'
import type { LoadedModel } from './model-folder.ts'
import type { Prediction } from './prediction.ts'
import { describeUnready } from './readiness.ts'
import { Refusal } from './refusal.ts'
import { type Answer, answerJson, answerJsonText, type Route, type RouteRequest } from './route.ts'
import type { Tensor } from './tensor.ts'
import { unpackFlat } from './unpack-values.ts'

const serverName = 'slipway'
export const serverVersion = '0.1.0'
const headerLengthName = 'Inference-Header-Content-Length'

/** The Open Inference Protocol v2 over REST, with the binary tensor data extension and KServe's list of models. */
export function createInferenceRoutes(prediction: Prediction): readonly Route[] {
  const ready = () => answerReady(describeUnready(prediction.readiness()))
  const modelReady = (request: RouteRequest) => {
    const { model } = findModel(prediction, request)
    const reason = describeUnready(prediction.readiness())
    return answerJson(reason === null ? 200 : 503, { name: model.name, ready: reason === null })
  }
  const metadata = (request: RouteRequest) => answerJson(200, describeModel(findModel(prediction, request)))
  const infer = (request: RouteRequest) => answerInfer(prediction, request)
  const onModel = (suffix: string) => [`/v2/models/{model}${suffix}`, `/v2/models/{model}/versions/{version}${suffix}`]
  return [
    { method: 'GET', path: '/v2', answer: () => answerJson(200, describeServer()) },
    { method: 'GET', path: '/v2/health/live', answer: () => answerJson(200, { live: true }) },
    { method: 'GET', path: '/v2/health/ready', answer: ready },
    {
      method: 'GET',
      path: '/v2/models',
      answer: () => answerJson(200, { models: [prediction.loaded().model.name] }),
    },
    ...onModel('').map((path): Route => ({ method: 'GET', path, answer: metadata })),
    ...onModel('/ready').map((path): Route => ({ method: 'GET', path, answer: modelReady })),
    ...onModel('/infer').map((path): Route => ({ method: 'POST', path, answer: infer })),
  ]
}

function describeServer() {
  return { name: serverName, version: serverVersion, extensions: ['binary_tensor_data'] }
}

function answerReady(reason: string | null): Answer {
  return reason === null ? answerJson(200, { ready: true }) : answerJson(503, { ready: false, reason })
}

function findModel(prediction: Prediction, { params }: RouteRequest): LoadedModel {
  const loaded = prediction.loaded()
  if (params.model !== loaded.model.name) throw new Refusal(404, `unknown model ${JSON.stringify(params.model)}`)
  if (params.version !== undefined && params.version !== String(loaded.model.version))
    throw new Refusal(
      404,
      `model ${JSON.stringify(loaded.model.name)} has no version ${JSON.stringify(params.version)}`,
    )
  return loaded
}

function describeModel({ model }: LoadedModel) {
  const describe = ({ name, type, shape }: TensorSpec) => ({ name, datatype: type, shape: [-1, ...shape.slice(1)] })
  return {
    name: model.name,
    versions: [String(model.version)],
    platform: 'onnx_onnxv1',
    inputs: model.signature.inputs.map(describe),
    outputs: model.signature.outputs.map(describe),
  }
}

/** Stock clients send no Content-Type, or their language's default: only what is plainly something else is refused. */
const otherMedia = /^(image|audio|video|multipart)\/|pickle|x-python|msgpack|protobuf|xml|text\/csv|text\/html/

async function answerInfer(prediction: Prediction, request: RouteRequest): Promise<Answer> {
  const loaded = findModel(prediction, request)
  const media = request.headers['content-type']?.toLowerCase() ?? ''
  if (otherMedia.test(media)) throw new Refusal(415, `Content-Type ${JSON.stringify(media.slice(0, 60))} is not taken`)
  const inferRequest = readInferRequest(await request.readBody(), readHeaderLength(request), loaded.predictor)
  const outputs = await prediction.run(inferRequest.batch)
  return writeInferAnswer(loaded, inferRequest, outputs)
}

function readHeaderLength({ headers }: RouteRequest): number | null {
  const text = headers[headerLengthName.toLowerCase()]
  if (text === undefined) return null
  if (typeof text !== 'string' || !/^\d{1,12}$/.test(text)) throw new Refusal(400, `${headerLengthName} is not a size`)
  return Number(text)
}

function writeInferAnswer({ model }: LoadedModel, { id, outputs }: InferRequest, tensors: readonly Tensor[]): Answer {
  const raw: Buffer[] = []
  const described = outputs.map(({ name, binary }) => {
    const index = model.signature.outputs.findIndex((output) => output.name === name)
    const spec = model.signature.outputs[index] as TensorSpec
    const tensor = tensors[index] as Tensor
    const head = { name, shape: toAnnouncedShape(spec, tensor), datatype: spec.type }
    if (!binary) return { ...head, data: unpackFlat(spec, tensor) }
    const bytes = writeBinaryValues(spec, tensor)
    raw.push(bytes)
    return { ...head, parameters: { binary_data_size: bytes.length } }
  })
  const head = exactJson({
    model_name: model.name,
    model_version: String(model.version),
    ...(id === null ? {} : { id }),
    outputs: described,
  })
  if (raw.length === 0) return answerJsonText(200, head)
  const json = Buffer.from(head, 'utf8')
  return {
    status: 200,
    headers: { 'Content-Type': 'application/octet-stream', [headerLengthName]: String(json.length) },
    body: Buffer.concat([json, ...raw]),
  }
}

function toAnnouncedShape(spec: TensorSpec, tensor: Tensor): readonly number[] {
  return spec.shape.length === 1 && tensor.shape[1] === 1 ? tensor.shape.slice(0, 1) : tensor.shape
}
