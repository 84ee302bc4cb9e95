import { History } from 'lucide-react'
import type { DatasetEntry, DatasetVersionDetail } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { Dataset } from '../../../core/domain/project.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { describeCount, describeTime } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Columns, ScrollSection, Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDatasetUses, useDatasetVersion } from '../../queries/dataset-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { TermsBadges } from './dataset-badges.tsx'
import styles from './dataset-page.module.css'
import { datasetHref } from './dataset-place.ts'
import { termsDiffer, wordFigure } from './dataset-words.ts'
import { ExpectedSchema } from './expected-schema.tsx'
import { RunLinks } from './run-links.tsx'

type DatasetOverviewProps = { readonly dataset: DatasetEntry; readonly version: number | null }

/** What is known of one version: its facts, the terms it was recorded under, its columns. */
export function DatasetOverview({ dataset, version }: DatasetOverviewProps) {
  const { name, newest } = dataset
  const number = version ?? newest?.version ?? null
  const answer = useDatasetVersion(number === null ? null : `${name}@${number}`)
  if (answer.isError)
    return (
      <ScrollSection label="Overview">
        <ErrorNotice error={answer.error} />
      </ScrollSection>
    )
  if (number === null) return <WithoutVersion dataset={dataset} />
  if (!answer.data) return <Loading what={`version ${number}`} />
  return <VersionFacts dataset={dataset} detail={answer.data} />
}

function WithoutVersion({ dataset }: { readonly dataset: DatasetEntry }) {
  return (
    <ScrollSection label="Overview">
      <Columns>
        <Terms terms={dataset} />
      </Columns>
      <Section title="No version yet">
        <p className={styles.muted}>
          Add one to record its files, columns and statistics; a run that reads it records one, too.
        </p>
      </Section>
    </ScrollSection>
  )
}

type VersionFactsProps = { readonly dataset: DatasetEntry; readonly detail: DatasetVersionDetail }

function VersionFacts({ dataset, detail }: VersionFactsProps) {
  const project = useProjectKey()
  const { name, newest, usedBy } = dataset
  const isNewest = detail.version === newest?.version
  const uses = (useDatasetUses(name).data ?? []).filter(({ version }) => version === detail.version)
  return (
    <ScrollSection label="Overview">
      {!isNewest && (
        <p className={styles.banner}>
          <History size={14} aria-hidden />
          <span>
            This is version {detail.version} of {describeTime(detail.at)}; the newest is {newest?.version}.
          </span>
          <a href={datasetHref(project, name)}>Show the newest</a>
          <a
            href={datasetHref(project, name, {
              tab: 'changes',
              from: String(detail.version),
              to: String(newest?.version ?? 'now'),
            })}
          >
            What has changed since
          </a>
        </p>
      )}
      {isNewest && dataset.declared && termsDiffer(dataset, detail) && (
        <p className={styles.banner}>
          slipway.toml says other terms now than version {detail.version} was recorded under; the next version carries
          them.
        </p>
      )}
      <Columns>
        <Section title="Facts">
          <Facts
            facts={[
              ['Files', <code key="path">{detail.path}</code>],
              ['Version', `${detail.version} of ${describeTime(detail.at)}`],
              ['Digest', <DigestText key="digest" digest={detail.digest} />],
              detail.rows !== null && ['Rows', detail.rows.toLocaleString('en')],
              detail.columns !== null && ['Columns', detail.columns.toLocaleString('en')],
              ['Size', `${describeBytes(detail.sizeBytes)} in ${describeCount(detail.fileCount, 'file')}`],
              ['Kept', wordKept(detail)],
              [
                'Recorded by',
                detail.runId === null ? (
                  detail.by
                ) : (
                  <a key="run" href={projectHref(project, 'runs', [detail.runId])}>
                    run {detail.runId}
                  </a>
                ),
              ],
              usedBy.length > 0 && ['Read by steps', usedBy.join(', ')],
              ['Read by runs', <RunLinks key="runs" uses={uses} />],
            ]}
          />
        </Section>
        <Terms terms={isNewest && dataset.declared ? dataset : detail} expired={detail.expired} />
      </Columns>
      <Section title="Columns" count={detail.schema.length}>
        {detail.note && <p className={styles.muted}>{detail.note}</p>}
        {detail.schema.length > 0 && isNewest && dataset.declared && (
          <ExpectedSchema dataset={dataset} detail={detail} />
        )}
        {detail.schema.length > 0 && <Schema detail={detail} />}
      </Section>
    </ScrollSection>
  )
}

function Terms({ terms, expired }: { readonly terms: Dataset & { expired?: boolean }; readonly expired?: boolean }) {
  const isExpired = terms.expired ?? expired ?? false
  const open = <span className={styles.muted}>not stated</span>
  return (
    <Section title="Terms" tools={<TermsBadges {...terms} expired={isExpired} />}>
      <Facts
        facts={[
          ['Licence', terms.licence ?? open],
          ['Origin', terms.origin ?? open],
          ['Purpose', terms.purpose.join(', ') || open],
          ['Until', terms.expires === null ? 'without end' : `${terms.expires}${isExpired ? ', which is over' : ''}`],
          ['Personal data', terms.personal ? 'yes' : 'no'],
          terms.contact !== null && ['Contact', terms.contact],
        ]}
      />
    </Section>
  )
}

const end = (text: string) => ({ text, align: 'end' as const })

function Schema({ detail }: { readonly detail: DatasetVersionDetail }) {
  return (
    <PlainTable
      label="Columns"
      heads={[
        'Column',
        'Type',
        end('Missing'),
        end('Different'),
        end('Min'),
        end('Max'),
        end('Mean'),
        end('Deviation'),
      ]}
      rows={detail.schema.map(({ name, type, statistics }) => ({
        id: name,
        cells: [
          <strong key="name">{name}</strong>,
          <code key="type">{type}</code>,
          statistics ? statistics.nulls.toLocaleString('en') : '',
          statistics === null || statistics.distinct === null
            ? ''
            : `${statistics.distinctIsExact ? '' : '≈ '}${statistics.distinct.toLocaleString('en')}`,
          statistics ? wordFigure(statistics.min) : '',
          statistics ? wordFigure(statistics.max) : '',
          statistics ? wordFigure(statistics.mean) : '',
          statistics ? wordFigure(statistics.deviation) : '',
        ],
      }))}
    />
  )
}

function wordKept({ keptCount, fileCount }: DatasetVersionDetail): string {
  if (keptCount === fileCount) return 'whole, can be restored'
  if (keptCount === 0) return 'digests alone, cannot be restored'
  return `${keptCount.toLocaleString('en')} of ${describeCount(fileCount, 'file')}, cannot be restored`
}
