import type { Store } from '../store/store.ts'
import type { MetricPoint, MetricValue, NewArtifact } from '../tracking/run-records.ts'

/** A dict is looked into for metrics up to this size; a larger one is data. */
const largestDocumentBytes = 1024 * 1024

/** Every top-level number of a returned dict, as `ARTIFACT.KEY`. */
export async function metricsOfOutputs(
  artifacts: readonly NewArtifact[],
  store: Store,
  at: string,
): Promise<readonly MetricPoint[]> {
  const points: MetricPoint[] = []
  for (const { role, kind, name, descriptor } of artifacts) {
    if (role !== 'output' || kind !== 'json' || descriptor.sizeBytes > largestDocumentBytes) continue
    const document: unknown = JSON.parse(await store.readText(descriptor.digest))
    if (typeof document !== 'object' || document === null || Array.isArray(document)) continue
    for (const [key, value] of Object.entries(document))
      if (isMetricValue(value)) points.push({ key: `${name}.${key}`, value, iteration: null, at })
  }
  return points
}

function isMetricValue(value: unknown): value is MetricValue {
  return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'
}
