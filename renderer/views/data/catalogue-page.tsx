import { FolderPlus } from 'lucide-react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { CommandButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDatasets, useUndeclaredFiles } from '../../queries/dataset-queries.ts'
import { useFiles } from '../../queries/workspace-queries.ts'
import { DatasetStateBadge, TermsBadges } from './dataset-badges.tsx'
import styles from './dataset-page.module.css'
import { datasetHref } from './dataset-place.ts'
import { UndeclaredFiles } from './undeclared-files.tsx'

/** Every dataset of the project, and what steps read without one. */
export function CataloguePage() {
  const datasets = useDatasets()
  const undeclared = useUndeclaredFiles()
  const hasFiles = (useFiles().data ?? []).length > 0
  const problem = datasets.error ?? undeclared.error
  if (!datasets.data)
    return problem ? (
      <Page title="Data">
        <ErrorNotice error={problem} />
      </Page>
    ) : (
      <Loading what="the datasets" />
    )
  const files = undeclared.data ?? []
  const isEmpty = datasets.data.length === 0 && files.length === 0 && !problem
  const add = <CommandButton id="data.add" look="primary" icon={FolderPlus} label="Add dataset" />
  return (
    <Page
      title="Data"
      note={
        isEmpty
          ? undefined
          : 'Datasets have versions: what a run read can be compared, restored and described. Drop data here to add it.'
      }
      actions={isEmpty ? undefined : add}
      scrolls={!isEmpty}
    >
      {isEmpty && (
        <EmptyState icon={FolderPlus} title="No dataset yet" actions={add}>
          Drop files or a folder anywhere here, paste a path, or add files of the project: a dataset is a file, a folder
          or a glob with a name and terms, and its versions are recorded when you add them and whenever a run reads a
          new state. {hasFiles && 'Files need no dataset to be looked into: choose one at the left.'}
        </EmptyState>
      )}
      {problem && <ErrorNotice error={problem} />}
      {files.length > 0 && <UndeclaredFiles files={files} />}
      {datasets.data.length > 0 && (
        <Section title="Datasets of the project" count={datasets.data.length}>
          <DatasetTable datasets={datasets.data} />
        </Section>
      )}
    </Page>
  )
}

function DatasetTable({ datasets }: { readonly datasets: readonly DatasetEntry[] }) {
  const project = useProjectKey()
  return (
    <PlainTable
      label="Datasets"
      heads={[
        'Name',
        'State',
        'Files',
        { text: 'Rows', align: 'end' },
        { text: 'Columns', align: 'end' },
        'Version',
        'Read by',
      ]}
      rows={datasets.map((dataset) => {
        const { name, path, newest, usedBy } = dataset
        return {
          id: name,
          cells: [
            <a key="name" href={datasetHref(project, name)}>
              {name}
            </a>,
            <span key="state" className={styles.badges}>
              <DatasetStateBadge {...dataset} />
              <TermsBadges {...dataset} />
            </span>,
            <span key="files" className={styles.files}>
              <code>{path}</code>
              {newest && <span className={styles.muted}>{describeBytes(newest.sizeBytes)}</span>}
            </span>,
            newest?.rows?.toLocaleString('en') ?? '',
            newest?.columns?.toLocaleString('en') ?? '',
            newest && (
              <a key="version" href={datasetHref(project, name, { tab: 'versions' })}>
                {newest.version}
              </a>
            ),
            usedBy.join(', '),
          ],
        }
      })}
    />
  )
}
