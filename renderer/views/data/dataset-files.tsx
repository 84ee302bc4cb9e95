import { CircleDashed, CircleHelp, Minus, PencilLine, Plus } from 'lucide-react'
import { useState } from 'react'
import type { DatasetEntry, DatasetFileChange, DatasetFileState } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { formatOfTable } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge, type Tone } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { ScrollSection } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDatasetFiles } from '../../queries/dataset-queries.ts'
import styles from './dataset-page.module.css'
import { fileHref } from './dataset-place.ts'
import { changeWords } from './dataset-words.ts'

const pageSize = 200
const mostListed = 2_000

type DatasetFilesListProps = { readonly dataset: DatasetEntry; readonly version: number | null }

/** The files on disk, and how each stands to the version; a table opens as one: where a version was chosen, as it has it. */
export function DatasetFilesList({ dataset, version }: DatasetFilesListProps) {
  const project = useProjectKey()
  const [limit, setLimit] = useState(pageSize)
  const reference = version === null ? dataset.name : `${dataset.name}@${version}`
  const answer = useDatasetFiles(reference, limit)
  if (answer.isError)
    return (
      <ScrollSection label="Files of the dataset">
        <ErrorNotice error={answer.error} />
      </ScrollSection>
    )
  if (!answer.data) return <Loading what="the files" />
  const { files, total, counts } = answer.data
  if (total === 0)
    return (
      <EmptyState icon={CircleDashed} title="No file is there">
        Nothing of the project is at {dataset.path}. Put the files there, or restore a version of them.
      </EmptyState>
    )
  const differing = total - counts.same
  const hrefOf = ({ path, kept, recordedBytes }: DatasetFileState) =>
    version === null
      ? fileHref(project, path, null)
      : kept && recordedBytes !== null
        ? fileHref(project, path, { name: dataset.name, version })
        : null
  return (
    <ScrollSection label="Files of the dataset">
      <p className={styles.muted}>
        {describeCount(total, 'file')}
        {answer.data.version === null
          ? ', none of them in a version yet.'
          : differing === 0
            ? `, all the same as in version ${answer.data.version}.`
            : ` against version ${answer.data.version}: ${wordCounts(counts)}.`}
      </p>
      <PlainTable
        label="Files"
        heads={['File', 'Change', { text: 'Size', align: 'end' }, { text: 'In the version', align: 'end' }]}
        rows={files.map((file) => ({
          id: file.path,
          cells: [
            <FileName key="path" file={file} href={hrefOf(file)} version={version} />,
            <ChangeBadge key="change" change={file.change} />,
            file.change === 'removed' ? '' : describeBytes(file.sizeBytes),
            file.recordedBytes === null ? '' : describeBytes(file.recordedBytes),
          ],
        }))}
      />
      {files.length < total && (
        <p className={styles.more}>
          {limit < mostListed ? (
            <Button busy={answer.isFetching} onClick={() => setLimit(Math.min(mostListed, limit * 4))}>
              Show more of {total.toLocaleString('en')}
            </Button>
          ) : (
            `The first ${files.length.toLocaleString('en')} of ${total.toLocaleString('en')}, those that differ first.`
          )}
        </p>
      )}
    </ScrollSection>
  )
}

type FileNameProps = {
  readonly file: DatasetFileState
  /** Null when the version's bytes of it are not kept. */
  readonly href: string | null
  readonly version: number | null
}

function FileName({ file, href, version }: FileNameProps) {
  const { path, change } = file
  const isGone = version === null && (change === 'removed' || path.startsWith('package:'))
  if (isGone || href === null || formatOfTable(path) === null) return <code>{path}</code>
  return (
    <a href={href} title={`Open ${path} as ${version === null ? 'a table' : `version ${version} has it`}`}>
      <code>{path}</code>
    </a>
  )
}

const icons = { changed: PencilLine, added: Plus, removed: Minus, unsure: CircleHelp, same: CircleDashed }
const tones: Record<DatasetFileChange, Tone> = {
  changed: 'warning',
  added: 'success',
  removed: 'danger',
  unsure: 'neutral',
  same: 'neutral',
}

export function ChangeBadge({ change }: { readonly change: DatasetFileChange }) {
  if (change === 'same') return <span className={styles.muted}>{changeWords.same}</span>
  return (
    <Badge tone={tones[change]} icon={icons[change]}>
      {changeWords[change]}
    </Badge>
  )
}

function wordCounts(counts: Readonly<Record<DatasetFileChange, number>>): string {
  return (['changed', 'added', 'removed', 'unsure', 'same'] as const)
    .filter((change) => counts[change] > 0)
    .map((change) => `${counts[change].toLocaleString('en')} ${changeWords[change].toLowerCase()}`)
    .join(', ')
}
