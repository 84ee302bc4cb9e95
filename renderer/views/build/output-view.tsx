import type { Artifact } from '../../../core/domain/artifact.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import { ArtifactView } from '../../components/artifact-preview.tsx'
import { Badge, badgeIcons } from '../../components/badge.tsx'
import { describeMetric } from '../../components/describe-values.ts'
import { useArtifactPreview } from '../../queries/artifact-queries.ts'
import styles from './output-view.module.css'

/** One output of a step: what it is in a line, then what can be seen of it. */
export function OutputView({ artifact }: { readonly artifact: Artifact }) {
  const { digest, sizeBytes } = artifact.descriptor
  const preview = useArtifactPreview(digest).data
  const metrics = preview?.kind === 'json' ? toMetrics(preview.value) : null
  const facts = (
    <>
      <span>{artifact.pythonType}</span>
      <span>{describeBytes(sizeBytes)}</span>
      <span title={digest}>{digest.slice(0, 19)}</span>
      {artifact.runsCodeWhenLoaded && (
        <Badge tone="warning" icon={badgeIcons.warning}>
          Pickle: loading it runs code
        </Badge>
      )}
    </>
  )
  if (!metrics) return <ArtifactView reference={digest} name={artifact.name} facts={facts} />
  return (
    <div className={styles.padded}>
      <MetricList metrics={metrics} />
      <p className={styles.facts}>{facts}</p>
    </div>
  )
}

export function MetricList({ metrics }: { readonly metrics: Readonly<Record<string, number | string>> }) {
  return (
    <dl className={styles.metrics}>
      {Object.entries(metrics).map(([key, value]) => (
        <div key={key} className={styles.metric}>
          <dt>{key}</dt>
          <dd>{describeMetric(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A flat dict of numbers reads best as metrics; anything else is a tree. */
function toMetrics(value: JsonValue): Record<string, number> | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([, entry]) => typeof entry === 'number')
    ? (value as Record<string, number>)
    : null
}
