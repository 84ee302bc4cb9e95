import { comparePredictions, unknownParity } from '../domain/compare-predictions.ts'
import { type ExactValue, exactJson, parseExactJson } from '../domain/exact-json.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Parity } from '../domain/parity.ts'
import type { RecordedPredictions } from '../domain/predictions.ts'
import type { Signature } from '../domain/signature.ts'
import { toLine } from './http-exchange.ts'
import { askDoor } from './serving-door.ts'

const mostRows = 1000
const wantedBatchBytes = 4 * 1024 * 1024

export type Replay = {
  readonly url: string
  readonly level: 'server' | 'container'
  readonly recorded: RecordedPredictions
  readonly signature: Signature
  readonly now: () => Date
  readonly report: ReportProgress
  readonly signal?: AbortSignal | undefined
}

/** Sends every recorded row to the server's /predict and compares every answer with the recorded one. */
export async function replayPredictions(replay: Replay): Promise<Parity> {
  const { url, level, recorded, signature, now, report, signal } = replay
  const missing = signature.inputs.find(({ name }) => recorded.inputs[name] === undefined)
  if (missing) return unknownParity(level, `the recorded rows have no ${missing.name}`, now().toISOString())
  const actual: Record<string, ExactValue[]> = Object.fromEntries(signature.outputs.map(({ name }) => [name, []]))
  const batch = batchRows(recorded)
  for (let start = 0; start < recorded.rows; start += batch) {
    const end = Math.min(recorded.rows, start + batch)
    report({ phase: 'parity', done: start, total: recorded.rows, unit: 'rows', fact: `rows ${start} to ${end - 1}` })
    const columns = Object.fromEntries(
      signature.inputs.map(({ name }) => [name, (recorded.inputs[name] ?? []).slice(start, end)]),
    )
    const answer = await askDoor(url, '/predict', { body: exactJson({ columns }), signal })
    if (answer.status !== 200) {
      const detail = `rows ${start} to ${end - 1} were answered with ${answer.status}: ${toLine(answer.text)}`
      return refusedRows(replay, start, detail)
    }
    const { outputs } = parseExactJson(answer.text) as { outputs: Record<string, readonly ExactValue[]> }
    for (const [name, values] of Object.entries(actual)) values.push(...(outputs[name] ?? []))
  }
  report({ phase: 'parity', done: recorded.rows, total: recorded.rows, unit: 'rows', fact: null })
  return comparePredictions({ level, recorded, signature, actual, at: now().toISOString() })
}

/** Rows that the model answered at training and the server refuses: that is a difference, not an unknown. */
function refusedRows({ level, recorded, signature, now }: Replay, row: number, detail: string): Parity {
  const column = signature.predictOutput
  const expected = recorded.outputs[column]?.[row] ?? null
  return {
    ...unknownParity(level, detail, now().toISOString()),
    state: 'failed',
    rows: recorded.rows,
    outputs: signature.outputs.map(({ name }) => name),
    rowsOrigin: recorded.origin,
    first: { row, column, expected, actual: detail },
    differences: 1,
  }
}

function batchRows(recorded: RecordedPredictions): number {
  if (recorded.rows === 0) return 1
  const sample = Object.values(recorded.inputs).map((values) => values.slice(0, 20))
  const rowBytes = Math.max(1, exactJson(sample).length / Math.min(20, recorded.rows))
  return Math.max(1, Math.min(mostRows, Math.floor(wantedBatchBytes / rowBytes)))
}
