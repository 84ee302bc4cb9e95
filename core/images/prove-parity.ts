import { unknownParity } from '../domain/compare-predictions.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { Image } from '../domain/image.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { ModelVersion } from '../domain/model.ts'
import type { Parity } from '../domain/parity.ts'
import type { RecordedPredictions } from '../domain/predictions.ts'
import { describeCause } from './http-exchange.ts'
import { type DoorTools, openDoor } from './open-door.ts'
import { replayPredictions } from './replay-predictions.ts'

export type ParityLevel = Parity['level'] | 'auto'

export type ProofOrder = {
  readonly image: Image
  readonly version: ModelVersion
  readonly recorded: RecordedPredictions | null
  readonly level: ParityLevel
  readonly report: ReportProgress
  readonly signal?: AbortSignal | undefined
  readonly now: () => Date
}

/**
 * The certificate of an image: the rows recorded at training through its own server, every answer compared. `model`
 * repeats what was found of the ONNX file at registering. A server that cannot be started leaves it unknown.
 */
export async function proveParity(tools: DoorTools, order: ProofOrder): Promise<Parity> {
  const { image, version, recorded, report, signal, now } = order
  if (order.level === 'model') return parityOfModel(version, now)
  const level = order.level === 'auto' ? await chooseLevel(tools) : order.level
  const unknown = (reason: string) => unknownParity(level, reason, now().toISOString())
  if (recorded === null || recorded.rows === 0)
    return unknown('no rows with the model’s own answers were recorded at training')
  const { signature } = version
  if (signature === null) return unknown('the model’s inputs and outputs are not known')
  try {
    const engine = level === 'container' ? 'docker' : 'process'
    const door = await openDoor(tools, image, { engine, port: 0, report, signal })
    try {
      return await replayPredictions({ url: door.url, level, recorded, signature, now, report, signal })
    } finally {
      await door.stop()
    }
  } catch (error) {
    signal?.throwIfAborted()
    // An engine in trouble says nothing of the image: its own server can still be asked.
    const isEngine = isFailure(error, 'images/engineUnavailable') || isFailure(error, 'images/engineRefused')
    if (isEngine && order.level === 'auto') return proveParity(tools, { ...order, level: 'server' })
    if (isFailure(error, 'images/servingFailed')) return unknown(describeFailure(error).message)
    if (isFailure(error)) throw error
    return unknown(`the server went away: ${describeCause(error)}`)
  }
}

async function chooseLevel({ engine }: DoorTools): Promise<'server' | 'container'> {
  return (await engine.status()).state === 'ready' ? 'container' : 'server'
}

function parityOfModel({ onnx }: ModelVersion, now: () => Date): Parity {
  if (onnx.state === 'equal' || onnx.state === 'differs') return onnx.parity
  return unknownParity('model', onnx.reason, now().toISOString())
}
