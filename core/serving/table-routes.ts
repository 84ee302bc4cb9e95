import { exactJson } from '../domain/exact-json.ts'
import { toText } from './infer-request.ts'
import type { Prediction } from './prediction.ts'
import { Refusal } from './refusal.ts'
import { answerJsonText, type Route, type RouteRequest } from './route.ts'
import { type Columns, readInvocationsBody, readPredictBody } from './table-request.ts'

type ReadBody = typeof readPredictBody

/** `/predict` and MLflow's `/invocations`: tables in, predictions out. */
export function createTableRoutes(prediction: Prediction): readonly Route[] {
  async function predict(request: RouteRequest, readBody: ReadBody) {
    const { model, predictor } = prediction.loaded()
    const isCsv = readContentType(request) === 'text/csv'
    const columns: Columns = readBody(toText(await request.readBody()), isCsv, model.signature)
    const outputs = predictor.unpack(await prediction.run(predictor.pack(columns)))
    return { model, outputs, predictions: outputs[model.signature.predictOutput] }
  }

  return [
    {
      method: 'POST',
      path: '/predict',
      answer: async (request) => {
        const { model, outputs, predictions } = await predict(request, readPredictBody)
        const { name, version, digest } = model
        return answerJsonText(200, exactJson({ predictions, outputs, model: { name, version, digest } }))
      },
    },
    {
      method: 'POST',
      path: '/invocations',
      answer: async (request) => {
        const { predictions } = await predict(request, readInvocationsBody)
        return answerJsonText(200, exactJson({ predictions }))
      },
    },
  ]
}

/** JSON unless said otherwise; a type that is neither JSON nor CSV is refused, whatever the bytes are. */
function readContentType({ headers }: RouteRequest): 'application/json' | 'text/csv' {
  const [type = '', ...parameters] = (headers['content-type'] ?? 'application/json').toLowerCase().split(';')
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='))
  if (charset !== undefined && !/^charset="?(utf-8|utf8|us-ascii)"?$/.test(charset))
    throw new Refusal(415, `${charset.slice(0, 60)} is not taken: send UTF-8`)
  const media = type.trim()
  if (media === 'application/json' || media === 'text/csv') return media
  throw new Refusal(
    415,
    `Content-Type ${JSON.stringify(media.slice(0, 60))} is not taken: application/json or text/csv`,
  )
}
