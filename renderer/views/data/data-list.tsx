import { Database, FilePlus2, FileSpreadsheet, FolderPlus, Library, Sheet } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DatasetEntry } from '../../../core/domain/dataset.ts'
import { coversPath } from '../../../core/domain/dataset-path.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { formatOfTable } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { runCommand, useCommand } from '../../commands/command-registry.ts'
import { IconButton } from '../../components/button.tsx'
import { useDatasets, useUndeclaredFiles } from '../../queries/dataset-queries.ts'
import { useRun, useRuns } from '../../queries/run-queries.ts'
import { useFiles } from '../../queries/workspace-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { useRoute } from '../../routing/use-route.ts'
import { useShownTable } from './data-area.tsx'
import styles from './data-list.module.css'
import { datasetStateWords } from './dataset-badges.tsx'
import { datasetHref, useDatasetPlace } from './dataset-place.ts'
import { useDeclareFile } from './use-declare-file.ts'

/** What can be looked into: datasets, files that steps read without one, other table files, tables of the newest run. */
export function DataList() {
  const project = useProjectKey()
  const route = useRoute()
  const shown = useShownTable()
  const place = useDatasetPlace()
  const addCommand = useCommand('data.add')
  const answer = useDatasets()
  const datasets = answer.data ?? []
  const undeclared = useUndeclaredFiles().data ?? []
  const files = (useFiles().data ?? []).filter(({ path }) => formatOfTable(path) !== null)
  const newest = useRuns({ limit: 1 }).data?.runs[0]
  const artifacts = (useRun(newest?.id ?? null).data?.artifacts ?? []).filter(({ kind }) => kind === 'table')
  const currentFile = shown?.source.kind === 'file' ? shown.source.path : null
  const currentArtifact = shown?.source.kind === 'artifact' ? shown.source.reference : null
  const others = files.filter(
    ({ path }) =>
      !datasets.some((dataset) => coversPath(dataset.path, path)) && !undeclared.some((file) => file.path === path),
  )
  const isCatalogue = place === null && shown === null && route.place === 'project' && route.view === 'data'
  return (
    <nav aria-label="Tables">
      <ul className={styles.list}>
        <Entry icon={Library} href={projectHref(project, 'data')} current={isCatalogue} words="All datasets" note="" />
      </ul>
      <Group
        title="Datasets"
        tools={
          <IconButton
            icon={FolderPlus}
            label="Add dataset"
            disabledReason={addCommand?.disabled}
            onClick={() => runCommand('data.add')}
          />
        }
        whenEmpty={answer.data && 'Files with a name, versions and terms appear here.'}
      >
        {datasets.map((dataset) => (
          <Entry
            key={dataset.name}
            icon={Database}
            href={datasetHref(project, dataset.name)}
            current={dataset.name === place?.name || currentFile === dataset.path}
            words={dataset.name}
            note={noteOf(dataset)}
          />
        ))}
      </Group>
      {undeclared.length > 0 && <ReadFiles files={undeclared} currentFile={currentFile} project={project} />}
      <Group title="Files" whenEmpty="Other table files of the project appear here.">
        {others.map(({ path, sizeBytes }) => (
          <Entry
            key={path}
            icon={FileSpreadsheet}
            href={projectHref(project, 'data', ['file', path])}
            current={path === currentFile}
            words={path}
            note={describeBytes(sizeBytes)}
          />
        ))}
      </Group>
      <Group title="Tables of the newest run" whenEmpty="Tables that steps return appear here.">
        {artifacts.map(({ name, step, descriptor }) => (
          <Entry
            key={`${step} ${name}`}
            icon={Sheet}
            href={projectHref(project, 'data', ['artifact', descriptor.digest], { name })}
            current={descriptor.digest === currentArtifact}
            words={name}
            note={describeBytes(descriptor.sizeBytes)}
          />
        ))}
      </Group>
    </nav>
  )
}

type ReadFilesProps = {
  readonly files: readonly { readonly path: string; readonly steps: readonly string[] }[]
  readonly currentFile: string | null
  readonly project: string
}

function ReadFiles({ files, currentFile, project }: ReadFilesProps) {
  const { declare, disabledReason } = useDeclareFile()
  return (
    <Group title="Read, not declared">
      {files.map(({ path, steps }) => (
        <Entry
          key={path}
          icon={FileSpreadsheet}
          href={opensAsTable(path) ? projectHref(project, 'data', ['file', path]) : projectHref(project, 'data')}
          current={path === currentFile}
          words={path}
          note={`read by ${steps.join(', ')}`}
          tools={
            <IconButton
              icon={FilePlus2}
              label={`Declare ${path}`}
              disabledReason={disabledReason}
              onClick={() => declare(path)}
            />
          }
        />
      ))}
    </Group>
  )
}

type GroupProps = {
  readonly title: string
  readonly tools?: ReactNode
  readonly whenEmpty?: string | undefined
  readonly children: readonly ReactNode[]
}

function Group({ title, tools, whenEmpty, children }: GroupProps) {
  return (
    <section aria-label={title}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {tools}
      </div>
      {children.length === 0 && whenEmpty && <p className={styles.none}>{whenEmpty}</p>}
      <ul className={styles.list}>{children}</ul>
    </section>
  )
}

type EntryProps = {
  readonly icon: typeof Sheet
  readonly href: string
  readonly current: boolean
  readonly words: string
  readonly note: string
  readonly tools?: ReactNode
}

function Entry({ icon: Icon, href, current, words, note, tools }: EntryProps) {
  return (
    <li className={styles.line}>
      <a className={styles.entry} href={href} aria-current={current ? 'page' : undefined} title={words}>
        <Icon size={14} aria-hidden className={styles.icon} />
        <span className={styles.words}>{words}</span>
        <span className={styles.note}>{note}</span>
      </a>
      {tools}
    </li>
  )
}

function opensAsTable(path: string): boolean {
  return !path.startsWith('package:') && formatOfTable(path) !== null
}

/** The one thing that has to be known of it here. */
function noteOf({ state, expired, licence }: DatasetEntry): string {
  if (state === 'missing' || state === 'refused') return datasetStateWords[state].toLowerCase()
  if (expired) return 'expired'
  if (state === 'changed') return 'changed'
  return licence ?? 'no licence'
}
