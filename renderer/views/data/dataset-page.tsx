import { FileDown, Scale, Table2 } from 'lucide-react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useDatasets } from '../../queries/dataset-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { LineageView } from '../lineage/lineage-view.tsx'
import { AddVersionButton } from './add-version-button.tsx'
import { DatasetBadges } from './dataset-badges.tsx'
import { DatasetChanges } from './dataset-changes.tsx'
import { askAboutDataset } from './dataset-dialogs-store.ts'
import { DatasetFilesList } from './dataset-files.tsx'
import { DatasetOverview } from './dataset-overview.tsx'
import styles from './dataset-page.module.css'
import { type DatasetPlace, type DatasetTab, datasetHref, fileHref } from './dataset-place.ts'
import { DatasetVersions } from './dataset-versions.tsx'
import { tableOf } from './dataset-words.ts'
import { useReadOnlyReason } from './use-read-only-reason.ts'

/** One dataset: its terms and columns, files, versions, what changed between them, and its lineage. */
export function DatasetPage({ place }: { readonly place: DatasetPlace }) {
  const project = useProjectKey()
  const datasets = useDatasets()
  if (!datasets.data)
    return datasets.isError ? (
      <Page title={place.name}>
        <ErrorNotice error={datasets.error} />
      </Page>
    ) : (
      <Loading what={place.name} />
    )
  const dataset = datasets.data.find(({ name }) => name === place.name)
  if (dataset) return <KnownDataset key={dataset.name} dataset={dataset} place={place} problem={datasets.error} />
  return (
    <Page title={place.name} scrolls={false}>
      <EmptyState
        icon={Table2}
        title={`There is no dataset ${place.name}`}
        actions={<Button onClick={() => navigate(projectHref(project, 'data'))}>Show all datasets</Button>}
      >
        slipway.toml does not name it and it has no version. It may have been renamed.
      </EmptyState>
    </Page>
  )
}

type KnownProps = {
  readonly dataset: DatasetEntry
  readonly place: DatasetPlace
  /** Why what is shown could not be asked for again. */
  readonly problem: unknown
}

function KnownDataset({ dataset, place, problem }: KnownProps) {
  const project = useProjectKey()
  const readOnly = useReadOnlyReason()
  const { name, newest } = dataset
  const table = tableOf(dataset)
  const version = place.version ?? newest?.version ?? null
  const chosen = place.version === null ? null : { name, version: place.version }
  const goTo = (tab: DatasetTab) => navigate(datasetHref(project, name, { tab, version: place.version }))
  return (
    <Page
      scrolls={false}
      title={
        <>
          <a href={projectHref(project, 'data')}>Data</a>
          <span aria-hidden>/</span>
          {name}
          <DatasetBadges dataset={dataset} />
        </>
      }
      note={<Note dataset={dataset} />}
      actions={
        <>
          {table && (place.version !== null || dataset.state !== 'missing') && (
            <Button icon={Table2} onClick={() => navigate(fileHref(project, table, chosen))}>
              {chosen === null ? 'Open table' : `Open table of version ${chosen.version}`}
            </Button>
          )}
          <Button icon={Scale} disabledReason={readOnly} onClick={() => askAboutDataset({ kind: 'terms', name })}>
            Edit terms
          </Button>
          <Button
            icon={FileDown}
            disabledReason={readOnly ?? (version === null ? 'Only a version can be exported: add one first.' : null)}
            onClick={() => version !== null && askAboutDataset({ kind: 'export', name, version })}
          >
            Export Croissant
          </Button>
          <AddVersionButton dataset={dataset} />
        </>
      }
    >
      <div className={styles.body}>
        {problem ? (
          <div className={styles.notice}>
            <ErrorNotice error={problem} />
          </div>
        ) : null}
        <div className={styles.fill}>
          <Tabs
            label="Parts of the dataset"
            selected={place.tab}
            onSelect={(tab) => goTo(tab as DatasetTab)}
            tabs={[
              {
                id: 'overview',
                title: 'Overview',
                content: <DatasetOverview dataset={dataset} version={place.version} />,
              },
              { id: 'files', title: 'Files', content: <DatasetFilesList dataset={dataset} version={place.version} /> },
              {
                id: 'versions',
                title: `Versions (${dataset.versions})`,
                content: <DatasetVersions dataset={dataset} />,
              },
              { id: 'changes', title: 'Changes', content: <DatasetChanges dataset={dataset} place={place} /> },
              {
                id: 'lineage',
                title: 'Lineage',
                content:
                  version === null ? (
                    <EmptyState icon={Table2} title="No lineage yet">
                      Lineage begins with the first version.
                    </EmptyState>
                  ) : (
                    <LineageView key={version} reference={`dataset/${name}@${version}`} />
                  ),
              },
            ]}
          />
        </div>
      </div>
    </Page>
  )
}

function Note({ dataset }: { readonly dataset: DatasetEntry }) {
  const { path, newest, detail } = dataset
  return (
    <>
      <code>{path}</code> ·{' '}
      {detail ?? (newest ? `version ${newest.version} of ${describeTime(newest.at)}` : 'no version yet')}
    </>
  )
}
