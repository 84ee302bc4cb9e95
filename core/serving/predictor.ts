import type { ExactValue } from '../domain/exact-json.ts'
import type { Signature, TensorSpec, TensorType } from '../domain/signature.ts'
import type { GraphTensor, OnnxSession } from './onnx-session.ts'
import { packValues } from './pack-values.ts'
import { Refusal, refuseValue } from './refusal.ts'
import { sliceRows, type Tensor } from './tensor.ts'
import { unpackValues } from './unpack-values.ts'

/** Rows ready for the graph: one tensor per input of the signature, in its order, first axis the rows. */
export type Batch = { readonly rows: number; readonly tensors: readonly Tensor[] }

/** A session read through its signature: columns in, outputs in the signature's order. */
export type Predictor = {
  readonly signature: Signature
  /** Type of the graph's input behind each input of the signature. */
  readonly graphTypes: readonly TensorType[]
  /** @throws Refusal 422 naming input and row */
  pack(columns: Readonly<Record<string, readonly unknown[]>>): Batch
  run(batch: Batch): Promise<readonly Tensor[]>
  unpack(outputs: readonly Tensor[]): Readonly<Record<string, readonly ExactValue[]>>
}

/** @throws RangeError saying in what the graph does not fit the signature */
export function createPredictor(session: OnnxSession, signature: Signature): Predictor {
  const inputs = signature.inputs.map((spec) => findInGraph(spec, session.inputs, 'input'))
  const outputs = signature.outputs.map((spec) => findInGraph(spec, session.outputs, 'output'))
  const graphTypes = inputs.map((input) => input.type as TensorType)
  const unfed = session.inputs.filter((input) => !inputs.includes(input)).map((input) => input.name)
  if (unfed.length > 0) throw new RangeError(`the model wants ${unfed.join(', ')}, which the signature does not name`)
  const outputNames = outputs.map((output) => output.name)
  return {
    signature,
    graphTypes,
    pack(columns) {
      const tensors = signature.inputs.map((spec, i) => {
        const values = columns[spec.name]
        if (values === undefined) throw refuseValue('the column is missing', spec.name)
        return packValues(spec, graphTypes[i] as TensorType, values, signature.layout)
      })
      return { rows: tensors[0]?.shape[0] ?? 0, tensors }
    },
    run(batch) {
      const feeds: Record<string, Tensor> = {}
      for (const [i, spec] of signature.inputs.entries()) feeds[spec.graphName] = batch.tensors[i] as Tensor
      return session.run(feeds, outputNames)
    },
    unpack: (answers) =>
      Object.fromEntries(signature.outputs.map((spec, i) => [spec.name, unpackValues(spec, answers[i] as Tensor)])),
  }
}

function findInGraph(spec: TensorSpec, graph: readonly GraphTensor[], side: 'input' | 'output'): GraphTensor {
  const found = graph.find((tensor) => tensor.name === spec.graphName)
  if (found === undefined)
    throw new RangeError(`the model has no ${side} ${JSON.stringify(spec.graphName)} for ${JSON.stringify(spec.name)}`)
  if (found.type === null) throw new RangeError(`the ${side} ${JSON.stringify(spec.name)} is no tensor`)
  if ((found.type === 'BYTES') !== (spec.type === 'BYTES'))
    throw new RangeError(`the ${side} ${JSON.stringify(spec.name)} is ${spec.type}, the model has ${found.type}`)
  if (side === 'input' && found.type === 'BOOL' && spec.type !== 'BOOL')
    throw new RangeError(`the input ${JSON.stringify(spec.name)} is ${spec.type}, the model wants BOOL`)
  return found
}

/**
 * The model refused a batch: says which row, and which column when an unknown level explains it.
 * Looks for the first row that fails alone, by halves; gives null when every row passes alone.
 */
export async function explainRefusal(predictor: Predictor, batch: Batch, error: unknown): Promise<Refusal | null> {
  let [from, to] = [0, batch.rows]
  if (await passes(predictor, batch, from, to)) return null
  while (to - from > 1) {
    const middle = (from + to) >>> 1
    if (await passes(predictor, batch, from, middle)) from = middle
    else to = middle
  }
  if (await passes(predictor, batch, from, to)) return null
  for (const [i, spec] of predictor.signature.inputs.entries()) {
    const value = (batch.tensors[i] as Tensor).data[from]
    if (typeof value !== 'string' || spec.levels === undefined || spec.levels.includes(value)) continue
    const known = spec.levels.slice(0, 20).join(', ')
    return refuseValue(
      `unknown level ${JSON.stringify(value.slice(0, 100))}; the model knows ${known}`,
      spec.name,
      from,
    )
  }
  const words = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').slice(0, 300) : 'no reason given'
  return new Refusal(422, `row ${from}: the model refuses it (${words})`, { row: from })
}

async function passes(predictor: Predictor, batch: Batch, from: number, to: number): Promise<boolean> {
  try {
    await predictor.run({ rows: to - from, tensors: batch.tensors.map((tensor) => sliceRows(tensor, from, to)) })
    return true
  } catch {
    return false
  }
}
