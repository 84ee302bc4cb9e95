import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { createFrameReader } from '../../../core/execution/frames.ts'
import { parseStepMessage } from '../../../core/execution/parse-step-message.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { createRecorder } from '../../../core/tracking/create-recorder.ts'
import { ownIdentity } from '../../../core/tracking/process-identity.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import type { PythonWorker } from './python-worker.ts'

export type Records = Awaited<ReturnType<typeof openRecords>>

/** A project's records as core opens them. */
export async function openRecords(folder: string) {
  mkdirSync(folder, { recursive: true })
  const database = openProjectDatabase(folder)
  const recorder = createRecorder({ database, lineage: createLineageStore(database) })
  const queries = createRunQueries({ database, store: await createStore(join(folder, 'store')) })
  let runId = ''
  return {
    folder,
    database,
    recorder,
    queries,
    runId: () => runId,
    begin() {
      runId = recorder.createRun({ params: {}, git: null, host: null, owner: ownIdentity(), steps: [] }).runId
    },
    digest(key: string): readonly [number, string] {
      const points = queries.history(runId, key)
      return [points.length, digestOf(points.map(({ iteration, value }) => [iteration as number, Number(value)]))]
    },
  }
}

export function digestOf(points: readonly (readonly [iteration: number, value: number])[]): string {
  return createHash('sha256')
    .update(new Uint8Array(Float64Array.from(points.flat()).buffer))
    .digest('hex')
}

/** A value that a 32-bit float holds as well; as `value_of` of serve.py. */
export function sampleOf(index: number): number {
  return (index % 4096) / 8
}

/** What core does with the messages of a step. `finished` resolves when all that was logged is durable. */
export function listenToStep(records: Records, worker: PythonWorker): { finished(): Promise<void> } {
  let written: Promise<void> = Promise.resolve()
  let end: (() => void) | null = null
  const read = createFrameReader((frame) => {
    const message = parseStepMessage(frame)
    if (message.event === 'metrics') written = records.recorder.queueMetrics(records.runId(), message.series)
    else if (message.event === 'phase') {
      records.recorder.flushMetrics()
      void written.then(() => end?.())
    }
  })
  worker.pipe.on('data', read)
  return {
    finished: () =>
      new Promise((done) => {
        end = done
      }),
  }
}
