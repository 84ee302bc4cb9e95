import type { BatchQueue } from './batch-queue.ts'
import type { ServingLimits } from './limits.ts'
import type { LoadedModel } from './model-folder.ts'
import { type Batch, explainRefusal } from './predictor.ts'
import { describeUnready, type Readiness } from './readiness.ts'
import { Refusal } from './refusal.ts'
import type { Tensor } from './tensor.ts'

/** What the routes share: the model as it stands, and the one door to it. */
export type Prediction = {
  readonly readiness: () => Readiness
  /** @throws Refusal 503 while there is no model */
  loaded(): LoadedModel
  /** @throws Refusal 413, 422, 503 */
  run(batch: Batch): Promise<readonly Tensor[]>
}

export function createPrediction(
  readiness: () => Readiness,
  queue: () => BatchQueue,
  limits: ServingLimits,
): Prediction {
  function loaded(): LoadedModel {
    const now = readiness()
    if (now.state === 'ready') return now.loaded
    if (now.state === 'draining' && now.loaded) return now.loaded
    throw new Refusal(503, describeUnready(now) ?? 'not ready', {}, { 'Retry-After': '1' })
  }

  async function run(batch: Batch): Promise<readonly Tensor[]> {
    const { predictor } = loaded()
    if (batch.rows > limits.maxRows)
      throw new Refusal(413, `${batch.rows} rows; at most ${limits.maxRows} in one request (SLIPWAY_MAX_ROWS)`)
    if (batch.rows === 0) throw new Refusal(422, 'there is no row to predict')
    try {
      return await queue().submit(batch)
    } catch (error) {
      if (error instanceof Refusal) throw error
      throw (await explainRefusal(predictor, batch, error)) ?? error
    }
  }

  return { readiness, loaded, run }
}
