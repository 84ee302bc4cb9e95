// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { FileQuestion } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ArtifactPreview } from '../../core/domain/artifact.ts'
import { describeBytes } from '../../core/domain/describe-bytes.ts'
import { useArtifactPreview } from '../queries/artifact-queries.ts'
import styles from './artifact-preview.module.css'
import { describeCount } from './describe-values.ts'
import { EmptyState } from './empty-state.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { JsonTree } from './json-tree.tsx'
import { Loading } from './loading.tsx'
import { ModelSummary } from './model-summary.tsx'
import { Picture } from './picture.tsx'
import { PlainTable } from './plain-table.tsx'
import { PreviewTable } from './preview-table.tsx'

type ArtifactViewProps = {
  readonly reference: string
  readonly name: string
  /** Stands in a line above what is shown. */
  readonly facts?: ReactNode
}

/** What an artifact holds, as far as it can be shown at once. Fills its place. */
export function ArtifactView({ reference, name, facts }: ArtifactViewProps) {
  const preview = useArtifactPreview(reference)
  if (preview.isError) return <Scroll label={name}>{<ErrorNotice error={preview.error} />}</Scroll>
  if (!preview.data) return <Loading what={name} />
  return (
    <div className={styles.place}>
      {(facts || preview.data.kind === 'table') && (
        <p className={styles.facts}>
          {preview.data.kind === 'table' && <span>{describeSize(preview.data)}</span>}
          {facts}
        </p>
      )}
      <div className={styles.body}>
        <Preview preview={preview.data} name={name} />
      </div>
    </div>
  )
}

function Preview({ preview, name }: { readonly preview: ArtifactPreview; readonly name: string }) {
  switch (preview.kind) {
    case 'table':
      return <PreviewTable preview={preview} name={name} />
    case 'image':
      return (
        <Scroll label={name}>
          <Picture mediaType={preview.mediaType} base64={preview.base64} description={`Figure ${name}`} />
        </Scroll>
      )
    case 'json':
      return (
        <Scroll label={name}>
          {preview.truncated && <p className={styles.note}>Too large to show whole; this is its beginning.</p>}
          <JsonTree value={preview.value} />
        </Scroll>
      )
    case 'text':
      return (
        <Scroll label={name}>
          {preview.truncated && <p className={styles.note}>Too long to show whole; this is its beginning.</p>}
          <pre className={styles.text}>{preview.text}</pre>
        </Scroll>
      )
    case 'array':
      return (
        <Scroll label={name}>
          <p className={styles.note}>
            {preview.dtype}, shape ({preview.shape.join(', ')}). First values:
          </p>
          <pre className={styles.text}>{preview.head.map((value) => JSON.stringify(value)).join('\n')}</pre>
        </Scroll>
      )
    case 'model':
      return (
        <Scroll label={name}>
          <ModelSummary summary={preview.summary} />
        </Scroll>
      )
    case 'entries':
      return (
        <Scroll label={name}>
          <PlainTable
            label={`Entries of ${name}`}
            heads={['Entry', 'Type', { text: 'Size', align: 'end' }]}
            rows={preview.entries.map((entry) => ({
              id: entry.name,
              cells: [entry.name, entry.mediaType, describeBytes(entry.sizeBytes)],
            }))}
          />
        </Scroll>
      )
    case 'none':
      return (
        <EmptyState icon={FileQuestion} title="No preview">
          {preview.reason}
        </EmptyState>
      )
  }
}

type TableKind = Extract<ArtifactPreview, { kind: 'table' }>

function describeSize({ rows, columns, totalRows }: TableKind): string {
  const size = `${describeCount(totalRows, 'row')}, ${describeCount(columns.length, 'column')}`
  return rows.length < totalRows ? `${size}; the first ${rows.length} rows are shown` : size
}

function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section className={styles.scroll} aria-label={`Preview of ${label}`} tabIndex={0}>
      {children}
    </section>
  )
}
