import { FileSpreadsheet, Sheet } from 'lucide-react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { formatOfTable } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { useRun, useRuns } from '../../queries/run-queries.ts'
import { useDatasets, useFiles } from '../../queries/workspace-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { useShownTable } from './data-area.tsx'
import styles from './data-list.module.css'

/** What can be looked into: declared datasets, the other table files, and the tables of the newest run. */
export function DataList() {
  const project = useProjectKey()
  const shown = useShownTable()
  const datasets = useDatasets().data ?? []
  const files = (useFiles().data ?? []).filter(({ path }) => formatOfTable(path) !== null)
  const newest = useRuns({ limit: 1 }).data?.runs[0]
  const artifacts = (useRun(newest?.id ?? null).data?.artifacts ?? []).filter(({ kind }) => kind === 'table')
  const declared = new Set(datasets.map(({ path }) => path))
  const currentFile = shown?.source.kind === 'file' ? shown.source.path : null
  const currentArtifact = shown?.source.kind === 'artifact' ? shown.source.reference : null
  const fileEntry = (path: string, words: string, note: string) => (
    <li key={path}>
      <a
        className={styles.entry}
        href={projectHref(project, 'data', ['file', path])}
        aria-current={path === currentFile ? 'page' : undefined}
        title={path}
      >
        <FileSpreadsheet size={14} aria-hidden className={styles.icon} />
        <span className={styles.words}>{words}</span>
        <span className={styles.note}>{note}</span>
      </a>
    </li>
  )
  const others = files.filter(({ path }) => !declared.has(path))
  return (
    <nav aria-label="Tables">
      {datasets.length > 0 && (
        <section aria-label="Datasets">
          <h2 className={styles.title}>Datasets</h2>
          <ul className={styles.list}>
            {datasets.map(({ name, path, licence }) => fileEntry(path, name, licence ?? 'no licence'))}
          </ul>
        </section>
      )}
      <section aria-label="Files">
        <h2 className={styles.title}>Files</h2>
        {others.length === 0 && <p className={styles.none}>Table files of the project appear here.</p>}
        <ul className={styles.list}>
          {others.map(({ path, sizeBytes }) => fileEntry(path, path, describeBytes(sizeBytes)))}
        </ul>
      </section>
      <section aria-label="Tables of the newest run">
        <h2 className={styles.title}>Tables of the newest run</h2>
        {artifacts.length === 0 && <p className={styles.none}>Tables that steps return appear here.</p>}
        <ul className={styles.list}>
          {artifacts.map(({ name, step, descriptor }) => (
            <li key={`${step} ${name}`}>
              <a
                className={styles.entry}
                href={projectHref(project, 'data', ['artifact', descriptor.digest], { name })}
                aria-current={descriptor.digest === currentArtifact ? 'page' : undefined}
              >
                <Sheet size={14} aria-hidden className={styles.icon} />
                <span className={styles.words}>{name}</span>
                <span className={styles.note}>{describeBytes(descriptor.sizeBytes)}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    </nav>
  )
}
