import type { Server } from 'node:http'
import { createAdmission } from './admission.ts'
import { type BatchQueue, createBatchQueue } from './batch-queue.ts'
import { createHttpServer } from './http-server.ts'
import { createInferenceRoutes } from './inference-routes.ts'
import type { ServingLimits } from './limits.ts'
import type { LogLine } from './log-line.ts'
import { createMetrics } from './metrics.ts'
import type { LoadedModel } from './model-folder.ts'
import { createPrediction } from './prediction.ts'
import { createBodyReader } from './read-body.ts'
import type { Readiness } from './readiness.ts'
import { createStatusRoutes } from './status-routes.ts'
import { createTableRoutes } from './table-routes.ts'

export type PredictionServer = {
  readonly http: Server
  setReadiness(readiness: Readiness): void
  readonly readiness: Readiness
  /** Requests taken in and not answered yet. */
  readonly openRequests: number
}

const durationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Wires the parts; owns the only mutable state, which is readiness. */
export function createPredictionServer(limits: ServingLimits, log: LogLine): PredictionServer {
  let readiness: Readiness = { state: 'loading' }
  let queue: BatchQueue | null = null
  const metrics = createMetrics()
  const bodies = createBodyReader(limits)
  const admission = createAdmission(limits)
  const requestSeconds = metrics.histogram(
    'http_server_request_duration_seconds',
    'Time from the request line to the last byte of the answer.',
    durationBuckets,
  )
  const batchSeconds = metrics.histogram(
    'slipway_model_batch_duration_seconds',
    'Time of one call of the model.',
    durationBuckets,
  )
  const rows = metrics.counter('slipway_model_rows_total', 'Rows that the model answered.')
  const batches = metrics.counter('slipway_model_batches_total', 'Calls of the model; one may answer many requests.')
  metrics.gauge('slipway_model_ready', 'Whether traffic is welcome.', () => (readiness.state === 'ready' ? 1 : 0))
  metrics.gauge('slipway_requests_open', 'Requests being read, waiting or answered.', () => admission.requests)
  metrics.gauge('slipway_rows_waiting', 'Rows that wait for the model.', () => queue?.waitingRows ?? 0)
  metrics.gauge('slipway_body_buffered_bytes', 'Bytes of bodies being read.', () => bodies.bufferedBytes)
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  metrics.gauge('process_start_time_seconds', 'Start, as seconds of the Unix epoch.', () => startedSeconds)
  metrics.readCounter('process_cpu_seconds_total', 'Processor time, user and system.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })

  function openQueue({ model, predictor }: LoadedModel): BatchQueue {
    const labels = { name: model.name, version: String(model.version), digest: model.digest }
    metrics.gauge('slipway_model_info', 'The model that is served.', () => 1, labels)
    return createBatchQueue({
      run: (batch) => predictor.run(batch),
      maxBatchRows: limits.maxBatchRows,
      maxWaitingRows: limits.maxWaitingRows,
      maxWaitMs: limits.maxWaitMs,
      now: () => performance.now(),
      onBatch: (count, _requests, durationMs) => {
        rows.add(count)
        batches.add(1)
        batchSeconds.observe(durationMs / 1000)
      },
    })
  }

  const prediction = createPrediction(
    () => readiness,
    () => queue as BatchQueue,
    limits,
  )
  const http = createHttpServer({
    routes: [
      ...createTableRoutes(prediction),
      ...createInferenceRoutes(prediction),
      ...createStatusRoutes(prediction, metrics),
    ],
    limits,
    bodies,
    admission,
    log,
    isDraining: () => readiness.state === 'draining',
    onAnswered: ({ method, route, status, durationMs }) =>
      requestSeconds.observe(durationMs / 1000, {
        http_request_method: knownMethods.includes(method) ? method : '_OTHER',
        http_response_status_code: String(status),
        http_route: route,
        url_scheme: 'http',
      }),
  })

  return {
    http,
    setReadiness(next) {
      if (next.state === 'ready') queue = openQueue(next.loaded)
      readiness = next
    },
    get readiness() {
      return readiness
    },
    get openRequests() {
      return admission.requests
    },
  }
}

const startedSeconds = Math.round(performance.timeOrigin) / 1000
