import { comparePredictions } from '../domain/compare-predictions.ts'
import type { Descriptor } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import type { ExactValue } from '../domain/exact-json.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { OnnxState } from '../domain/model.ts'
import { parsePredictions } from '../domain/parse-predictions.ts'
import type { RecordedPredictions } from '../domain/predictions.ts'
import type { Signature } from '../domain/signature.ts'
import type { Store } from '../store/store.ts'
import type { ModelWorker } from './run-model-worker.ts'

export type CheckedOnnx = {
  readonly store: Pick<Store, 'pathOf' | 'readBytes'>
  readonly worker: Pick<ModelWorker, 'predict'>
  readonly descriptor: Descriptor
  readonly signature: Signature | null
  /** Null when no rows prove the model. */
  readonly predictions: RecordedPredictions | null
  readonly at: string
}

/**
 * Replays the recorded rows through the ONNX model and compares every output of every row.
 * What crashes, hangs or refuses its own training rows is no ONNX form of the model: `absent`, with the reason.
 */
export async function checkOnnx(checked: CheckedOnnx): Promise<OnnxState> {
  const { descriptor, signature, predictions, at } = checked
  if (signature === null) return { state: 'unproved', descriptor, reason: 'the model has no signature' }
  if (predictions === null) return { state: 'unproved', descriptor, reason: 'no rows with predictions were recorded' }
  await checked.store.readBytes(descriptor.digest)
  try {
    const file = checked.store.pathOf(descriptor.digest)
    const inputs = predictions.inputs as { readonly [name: string]: readonly ExactValue[] }
    const actual = await checked.worker.predict(file, signature, inputs)
    const parity = comparePredictions({ level: 'model', recorded: predictions, signature, actual, at })
    if (parity.state === 'failed') return { state: 'differs', descriptor, parity }
    if (parity.state === 'passed') return { state: 'equal', descriptor, parity }
    return { state: 'unproved', descriptor, reason: parity.detail ?? 'the rows prove nothing' }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { state: 'absent', reason: describeFailure(error).message }
  }
}

/** The recorded rows from the store, 64-bit numbers exact. @throws store/blobMissing, store/blobHurt */
export async function readPredictions(store: Pick<Store, 'readBytes'>, digest: Digest): Promise<RecordedPredictions> {
  return parsePredictions(await store.readBytes(digest))
}
