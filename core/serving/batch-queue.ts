import type { Batch } from './predictor.ts'
import { Refusal } from './refusal.ts'
import { concatenateRows, sliceRows, type Tensor } from './tensor.ts'

export type BatchQueueOptions = {
  readonly run: (batch: Batch) => Promise<readonly Tensor[]>
  /** Rows of one call of the runtime: bounds how long the event loop stands still. */
  readonly maxBatchRows: number
  /** Rows that may wait; more answer 503. One request alone is always taken. */
  readonly maxWaitingRows: number
  /** A request that waited longer is shed with 503 and never run. */
  readonly maxWaitMs: number
  readonly now: () => number
  readonly onBatch?: (rows: number, requests: number, durationMs: number) => void
}

export type BatchQueue = {
  /** @throws Refusal 503 on overload, or what the runtime threw for these rows */
  submit(batch: Batch): Promise<readonly Tensor[]>
  readonly waitingRows: number
}

type Waiting = {
  readonly batch: Batch
  readonly since: number
  readonly settle: (outputs: readonly Tensor[]) => void
  readonly refuse: (error: unknown) => void
}

/**
 * Runs together whatever arrived in one turn of the event loop: no request waits for company, and under load
 * the batches grow by themselves.
 */
export function createBatchQueue(options: BatchQueueOptions): BatchQueue {
  const { now, maxBatchRows } = options
  const waiting: Waiting[] = []
  let waitingRows = 0
  let draining = false

  function submit(batch: Batch): Promise<readonly Tensor[]> {
    if (waitingRows > 0 && waitingRows + batch.rows > options.maxWaitingRows) return Promise.reject(overloaded())
    return new Promise((settle, refuse) => {
      waiting.push({ batch, since: now(), settle, refuse })
      waitingRows += batch.rows
      if (!draining) {
        draining = true
        setImmediate(() => void drain())
      }
    })
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await runTogether(takeGroup())
    draining = false
  }

  /** As many as fit one batch and are shaped alike; at least one. */
  function takeGroup(): readonly Waiting[] {
    const first = waiting[0] as Waiting
    let rows = first.batch.rows
    let count = 1
    while (count < waiting.length) {
      const next = waiting[count] as Waiting
      if (rows + next.batch.rows > maxBatchRows || !isShapedAlike(first.batch, next.batch)) break
      rows += next.batch.rows
      count += 1
    }
    waitingRows -= rows
    return waiting.splice(0, count)
  }

  async function runTogether(group: readonly Waiting[]): Promise<void> {
    const startedAt = now()
    const live = group.filter((one) => {
      if (startedAt - one.since <= options.maxWaitMs) return true
      one.refuse(overloaded())
      return false
    })
    if (live.length === 0) return
    const batch = mergeBatches(live.map((one) => one.batch))
    try {
      const outputs = await runInParts(batch)
      options.onBatch?.(batch.rows, live.length, now() - startedAt)
      let from = 0
      for (const one of live) {
        const to = from + one.batch.rows
        one.settle(live.length === 1 ? outputs : outputs.map((output) => sliceRows(output, from, to)))
        from = to
      }
    } catch (error) {
      if (live.length === 1) (live[0] as Waiting).refuse(error)
      else for (const one of live) await runTogether([one])
    }
  }

  async function runInParts(batch: Batch): Promise<readonly Tensor[]> {
    if (batch.rows <= maxBatchRows) return checkRows(await options.run(batch), batch.rows)
    const parts: (readonly Tensor[])[] = []
    for (let from = 0; from < batch.rows; from += maxBatchRows) {
      const to = Math.min(from + maxBatchRows, batch.rows)
      const tensors = batch.tensors.map((tensor) => sliceRows(tensor, from, to))
      parts.push(checkRows(await options.run({ rows: to - from, tensors }), to - from))
    }
    return (parts[0] as readonly Tensor[]).map((_, i) => concatenateRows(parts.map((part) => part[i] as Tensor)))
  }

  return {
    submit,
    get waitingRows() {
      return waitingRows
    },
  }
}

function mergeBatches(batches: readonly Batch[]): Batch {
  const first = batches[0] as Batch
  if (batches.length === 1) return first
  const tensors = first.tensors.map((_, i) => concatenateRows(batches.map((batch) => batch.tensors[i] as Tensor)))
  return { rows: batches.reduce((sum, batch) => sum + batch.rows, 0), tensors }
}

function isShapedAlike(a: Batch, b: Batch): boolean {
  return a.tensors.every((tensor, i) => {
    const other = b.tensors[i]?.shape
    return (
      tensor.shape.length === other?.length &&
      tensor.shape.every((length, axis) => axis === 0 || length === other[axis])
    )
  })
}

/** A model that does not answer per row cannot be split again among requests. */
function checkRows(outputs: readonly Tensor[], rows: number): readonly Tensor[] {
  const odd = outputs.find((output) => output.shape[0] !== rows)
  if (odd) throw new Error(`the model answered ${odd.shape[0] ?? 'no'} rows for ${rows}`)
  return outputs
}

function overloaded(): Refusal {
  return new Refusal(503, 'more requests wait than this server can answer soon', {}, { 'Retry-After': '1' })
}
