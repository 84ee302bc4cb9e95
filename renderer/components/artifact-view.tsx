import { FileQuestion } from 'lucide-react'
import { useMemo } from 'react'
import type { Artifact, ArtifactPreview } from '../../core/domain/artifact.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import { useArtifactPreview } from '../queries/artifact-queries.ts'
import styles from './artifact-view.module.css'
import { Badge, badgeIcons } from './badge.tsx'
import { describeBytes, describeCount, describeMetric } from './describe-values.ts'
import { EmptyState } from './empty-state.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { JsonTree } from './json-tree.tsx'
import { Loading } from './loading.tsx'
import { Picture } from './picture.tsx'
import { Table, type TableColumn } from './table.tsx'

/** What can be seen of an artifact, whatever its bytes are. Fills its place. */
export function ArtifactView({ artifact }: { readonly artifact: Artifact }) {
  const { data: preview, error } = useArtifactPreview(artifact.descriptor.digest)
  return (
    <div className={styles.view}>
      <Facts artifact={artifact} preview={preview} />
      <div className={styles.body}>
        {error ? (
          <ErrorNotice error={error} />
        ) : preview ? (
          <Preview name={artifact.name} preview={preview} />
        ) : (
          <Loading what={artifact.name} />
        )}
      </div>
    </div>
  )
}

function Facts({ artifact, preview }: { readonly artifact: Artifact; readonly preview: ArtifactPreview | undefined }) {
  const facts = [
    preview?.kind === 'table' &&
      `${describeCount(preview.totalRows, 'row')}, ${describeCount(preview.columns.length, 'column')}`,
    preview?.kind === 'array' && `${preview.shape.join(' × ')} ${preview.dtype}`,
    artifact.pythonType,
    describeBytes(artifact.descriptor.sizeBytes),
    artifact.descriptor.digest.slice(0, 19),
  ]
  return (
    <p className={styles.facts}>
      {facts.filter(Boolean).map((fact) => (
        <span key={String(fact)}>{fact}</span>
      ))}
      {artifact.runsCodeWhenLoaded && (
        <Badge tone="warning" icon={badgeIcons.warning}>
          Pickle: loading it runs code
        </Badge>
      )}
    </p>
  )
}

function Preview({ name, preview }: { readonly name: string; readonly preview: ArtifactPreview }) {
  switch (preview.kind) {
    case 'table':
      return <TablePreview name={name} preview={preview} />
    case 'image':
      return (
        <div className={styles.padded}>
          <Picture mediaType={preview.mediaType} base64={preview.base64} description={`Figure ${name}`} />
        </div>
      )
    case 'json':
      return <JsonPreview value={preview.value} truncated={preview.truncated} />
    case 'text':
      return (
        <pre className={styles.text}>
          {preview.text}
          {preview.truncated && '\n… the rest is in the artifact'}
        </pre>
      )
    case 'array':
      return (
        <div className={styles.padded}>
          <JsonTree value={preview.head} name="first values" />
        </div>
      )
    case 'model':
      return (
        <div className={styles.padded}>
          <JsonTree value={preview.summary} />
        </div>
      )
    case 'entries':
      return (
        <ul className={styles.padded}>
          {preview.entries.map((entry) => (
            <li key={entry.name} className={styles.entry}>
              <code>{entry.name}</code>
              <span>{entry.mediaType}</span>
              <span>{describeBytes(entry.sizeBytes)}</span>
            </li>
          ))}
        </ul>
      )
    case 'none':
      return (
        <EmptyState icon={FileQuestion} title="No preview">
          {preview.reason}
        </EmptyState>
      )
  }
}

type TableData = Extract<ArtifactPreview, { kind: 'table' }>

function TablePreview({ name, preview }: { readonly name: string; readonly preview: TableData }) {
  const columns = useMemo<readonly TableColumn<readonly JsonValue[]>[]>(
    () =>
      preview.columns.map((column, index) => ({
        id: `${index} ${column.name}`,
        title: column.name,
        note: column.type,
        width: columnWidth(preview, index),
        align: typeof preview.rows.find((row) => row[index] !== null)?.[index] === 'number' ? 'end' : 'start',
        value: (row) => toCell(row[index] ?? null),
      })),
    [preview],
  )
  return (
    <>
      <Table label={`Table ${name}`} rows={preview.rows} columns={columns} rowId={(_, index) => String(index)} />
      {preview.rows.length < preview.totalRows && (
        <p className={styles.more}>
          The first {preview.rows.length} of {describeCount(preview.totalRows, 'row')}.
        </p>
      )}
    </>
  )
}

/** Wide enough for what stands in it, within reason. */
function columnWidth({ columns, rows }: TableData, index: number): number {
  const column = columns[index]
  const texts = rows.slice(0, 50).map((row) => String(row[index] ?? 'null').length)
  const longest = Math.max((column?.name.length ?? 0) + (column?.type.length ?? 0) + 3, ...texts)
  return Math.max(80, Math.min(320, longest * 8 + 24))
}

function toCell(value: JsonValue): string | number | boolean | null {
  return value === null || typeof value !== 'object' ? value : JSON.stringify(value)
}

/** A flat dict of numbers reads best as metrics; anything else as a tree. */
function JsonPreview({ value, truncated }: { readonly value: JsonValue; readonly truncated: boolean }) {
  const metrics = toMetrics(value)
  return (
    <div className={styles.padded}>
      {metrics ? <MetricList metrics={metrics} /> : <JsonTree value={value} />}
      {truncated && <p className={styles.more}>Only a part is shown; the whole is in the artifact.</p>}
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

function toMetrics(value: JsonValue): Record<string, number> | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([, entry]) => typeof entry === 'number')
    ? (value as Record<string, number>)
    : null
}
