import { ArrowLeftRight, GitCompareArrows, RotateCw, X } from 'lucide-react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Field, SelectInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { ScrollSection } from '../../components/page.tsx'
import { useDatasetDiff, useDatasetVersion, useDatasetVersions } from '../../queries/dataset-queries.ts'
import { navigate } from '../../routing/use-route.ts'
import styles from './dataset-page.module.css'
import { type DatasetPlace, datasetHref } from './dataset-place.ts'
import { DiffReport } from './diff-report.tsx'
import { JobNotice } from './job-notice.tsx'

type DatasetChangesProps = { readonly dataset: DatasetEntry; readonly place: DatasetPlace }

/** What differs between any two versions, or between a version and the files on disk. */
export function DatasetChanges({ dataset, place }: DatasetChangesProps) {
  const project = useProjectKey()
  const { name, newest, path, state } = dataset
  const versions = useDatasetVersions(name).data ?? []
  const columns = useDatasetVersion(newest === null ? null : `${name}@${newest.version}`).data?.schema ?? []
  const from = place.from ?? String(newest?.version ?? '')
  // A dataset whose files are gone can still be compared with itself.
  const to = place.to ?? (state === 'missing' ? String(newest?.version ?? '') : 'now')
  const { answer, job } = useDatasetDiff(path, { name, from, to, key: place.key }, newest !== null)
  if (newest === null)
    return (
      <EmptyState icon={GitCompareArrows} title="Nothing to compare yet">
        With the first version there is a state to measure changes from.
      </EmptyState>
    )
  const goTo = (next: Partial<Pick<DatasetPlace, 'from' | 'to' | 'key'>>) =>
    navigate(datasetHref(project, name, { tab: 'changes', from, to, key: place.key, ...next }))
  const states = [
    ...versions.map(({ version, at }) => ({ id: String(version), words: `Version ${version}, ${describeTime(at)}` })),
    { id: 'now', words: 'Files on disk now' },
  ]
  const free = columns.filter((column) => !place.key.includes(column.name))
  const select = (label: string, value: string, change: (value: string) => void) => (
    <Field label={label}>
      {(field) => (
        <SelectInput {...field} value={value} onChange={(event) => change(event.target.value)}>
          {states.map(({ id, words }) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </SelectInput>
      )}
    </Field>
  )
  return (
    <ScrollSection label="Changes">
      <div className={styles.tools}>
        {select('From', from, (next) => goTo({ from: next }))}
        <IconButton icon={ArrowLeftRight} label="Swap both sides" onClick={() => goTo({ from: to, to: from })} />
        {select('To', to, (next) => goTo({ to: next }))}
        {columns.length > 0 && (
          <Field label="Match rows by">
            {(field) => (
              <SelectInput {...field} value="" onChange={(event) => goTo({ key: [...place.key, event.target.value] })}>
                <option value="" disabled>
                  {place.key.length === 0 ? 'whole rows' : 'and by…'}
                </option>
                {free.map((column) => (
                  <option key={column.name} value={column.name}>
                    {column.name}
                  </option>
                ))}
              </SelectInput>
            )}
          </Field>
        )}
        {place.key.length > 0 && (
          <span className={styles.chips}>
            {place.key.map((column) => (
              <Button
                key={column}
                small
                icon={X}
                aria-label={`Match no longer by ${column}`}
                onClick={() => goTo({ key: place.key.filter((one) => one !== column) })}
              >
                {column}
              </Button>
            ))}
          </span>
        )}
        <Button icon={RotateCw} busy={answer.isFetching} onClick={() => void answer.refetch()}>
          Compare again
        </Button>
      </div>
      {answer.isFetching || answer.isError ? (
        job === null && !answer.isError ? (
          <Loading what="both sides" />
        ) : (
          <JobNotice job={answer.isFetching ? job : null} error={answer.error} />
        )
      ) : (
        answer.data && <DiffReport diff={answer.data} />
      )}
    </ScrollSection>
  )
}
