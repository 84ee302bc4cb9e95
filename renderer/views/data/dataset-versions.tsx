import { GitCompareArrows, History, Undo2, Waypoints } from 'lucide-react'
import type { DatasetEntry, DatasetUse, DatasetVersion } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { ScrollSection } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDatasetUses, useDatasetVersions } from '../../queries/dataset-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { askAboutDataset } from './dataset-dialogs-store.ts'
import styles from './dataset-page.module.css'
import { datasetHref } from './dataset-place.ts'
import { RunLinks } from './run-links.tsx'
import { useReadOnlyReason } from './use-read-only-reason.ts'

/** Every version, newest first: when it was recorded and by whom, which runs read it, and what can be done with it. */
export function DatasetVersions({ dataset }: { readonly dataset: DatasetEntry }) {
  const { name } = dataset
  const versions = useDatasetVersions(name)
  const uses = useDatasetUses(name)
  const error = versions.error ?? uses.error
  if (error)
    return (
      <ScrollSection label="Versions">
        <ErrorNotice error={error} />
      </ScrollSection>
    )
  if (!versions.data || !uses.data) return <Loading what="the versions" />
  if (versions.data.length === 0)
    return (
      <EmptyState icon={History} title="No version yet">
        Add one, or let a run that reads {dataset.path} record it.
      </EmptyState>
    )
  return (
    <ScrollSection label="Versions">
      <VersionTable name={name} versions={versions.data} uses={uses.data} />
    </ScrollSection>
  )
}

type VersionTableProps = {
  readonly name: string
  readonly versions: readonly DatasetVersion[]
  readonly uses: readonly DatasetUse[]
}

function VersionTable({ name, versions, uses }: VersionTableProps) {
  const project = useProjectKey()
  return (
    <PlainTable
      label="Versions"
      heads={[
        'Version',
        'Recorded',
        'By',
        { text: 'Rows', align: 'end' },
        { text: 'Size', align: 'end' },
        'Licence',
        'Read by runs',
        { text: 'Actions', align: 'end' },
      ]}
      rows={versions.map((one) => ({
        id: String(one.version),
        cells: [
          <a
            key="version"
            href={datasetHref(project, name, { version: one.version })}
            aria-label={`Version ${one.version}`}
          >
            <strong>{one.version}</strong>
          </a>,
          <span key="at" className={styles.whole}>
            {describeTime(one.at)}
          </span>,
          one.runId === null ? (
            one.by
          ) : (
            <a key="run" href={projectHref(project, 'runs', [one.runId])}>
              run {one.runId}
            </a>
          ),
          one.rows?.toLocaleString('en') ?? '',
          describeBytes(one.sizeBytes),
          <span key="licence" className={one.licence === null ? styles.muted : styles.whole}>
            {one.licence ?? 'not stated'}
          </span>,
          <RunLinks key="runs" uses={uses.filter(({ version }) => version === one.version)} />,
          <VersionActs key="acts" one={one} isOldest={one.version === versions.at(-1)?.version} />,
        ],
      }))}
    />
  )
}

function VersionActs({ one, isOldest }: { readonly one: DatasetVersion; readonly isOldest: boolean }) {
  const project = useProjectKey()
  const readOnly = useReadOnlyReason()
  const { name, version, keptCount, fileCount } = one
  const notKept = keptCount < fileCount ? 'Its bytes are not in the store: it was recorded by digests alone.' : null
  const compare = (from: number | string, to: number | string) =>
    navigate(datasetHref(project, name, { tab: 'changes', from: String(from), to: String(to) }))
  return (
    <span className={styles.line}>
      <Button
        small
        icon={GitCompareArrows}
        aria-label={isOldest ? `Compare with now: version ${version}` : `What changed in version ${version}`}
        onClick={() => (isOldest ? compare(version, 'now') : compare(version - 1, version))}
      >
        {isOldest ? 'Compare with now' : 'What changed'}
      </Button>
      <IconButton
        icon={Waypoints}
        label={`Lineage of version ${version}`}
        onClick={() => navigate(datasetHref(project, name, { tab: 'lineage', version }))}
      />
      <Button
        small
        icon={Undo2}
        aria-label={`Restore version ${version}`}
        disabledReason={readOnly ?? notKept}
        onClick={() => askAboutDataset({ kind: 'restore', name, version })}
      >
        Restore…
      </Button>
    </span>
  )
}
