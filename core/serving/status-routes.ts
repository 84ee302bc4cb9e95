import { type Metrics, metricsContentType } from './metrics.ts'
import type { Prediction } from './prediction.ts'
import { describeUnready } from './readiness.ts'
import { answerJson, type Route } from './route.ts'

/** What probes, scrapers and people ask: alive, ready, metrics, lineage. Liveness never depends on the model. */
export function createStatusRoutes(prediction: Prediction, metrics: Metrics): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', answer: () => answerJson(200, { status: 'alive' }) },
    {
      method: 'GET',
      path: '/readyz',
      answer: () => {
        const reason = describeUnready(prediction.readiness())
        return reason === null ? answerJson(200, { status: 'ready' }) : answerJson(503, { status: 'not ready', reason })
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      answer: () => ({ status: 200, headers: { 'Content-Type': metricsContentType }, body: metrics.toText() }),
    },
    {
      method: 'GET',
      path: '/lineage',
      answer: () => {
        const { name, version, digest, lineage } = prediction.loaded().model
        return answerJson(200, { model: { name, version, digest }, lineage })
      },
    },
  ]
}
