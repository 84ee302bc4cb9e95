import {
  Box,
  Braces,
  ChartColumn,
  File,
  Grid3x3,
  ListChecks,
  type LucideIcon,
  PackageOpen,
  Sheet,
  TriangleAlert,
} from 'lucide-react'
import { useState } from 'react'
import { type Artifact, type ArtifactKind, totalBytes } from '../../../core/domain/artifact.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { ArtifactView } from '../../components/artifact-preview.tsx'
import { Badge } from '../../components/badge.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { SplitPane } from '../../components/split-pane.tsx'
import { projectHref } from '../../routing/route.ts'
import styles from './run-artifacts.module.css'

/** What the run gave: a list on the left, what the chosen one holds on the right. */
export function RunArtifacts({ artifacts }: { readonly artifacts: readonly Artifact[] }) {
  const [chosen, setChosen] = useState<string | null>(null)
  if (artifacts.length === 0) {
    return (
      <EmptyState icon={PackageOpen} title="No artifacts">
        A step's returned value becomes an artifact when the step completes.
      </EmptyState>
    )
  }
  const current = artifacts.find((artifact) => idOf(artifact) === chosen) ?? (artifacts[0] as Artifact)
  return (
    <div className={styles.layout}>
      <SplitPane
        name="run-artifacts"
        orientation="horizontal"
        panes={[
          {
            id: 'artifact list',
            size: 240,
            minSize: 170,
            keepsPixels: true,
            content: <List artifacts={artifacts} current={idOf(current)} onChoose={setChosen} />,
          },
          { id: 'artifact', minSize: 280, content: <Detail artifact={current} /> },
        ]}
      />
    </div>
  )
}

type ListProps = {
  readonly artifacts: readonly Artifact[]
  readonly current: string
  readonly onChoose: (id: string) => void
}

function List({ artifacts, current, onChoose }: ListProps) {
  return (
    <ul className={styles.list} aria-label="Artifacts">
      {artifacts.map((artifact, index) => (
        <li key={idOf(artifact)}>
          {artifact.step !== artifacts[index - 1]?.step && <p className={styles.step}>{artifact.step}</p>}
          <button
            type="button"
            className={styles.entry}
            aria-current={idOf(artifact) === current}
            onClick={() => onChoose(idOf(artifact))}
          >
            <KindIcon kind={artifact.kind} />
            <span className={styles.name}>
              {artifact.kind === 'predictions' ? `${artifact.name} predictions` : artifact.name}
              {artifact.runsCodeWhenLoaded && (
                <Badge tone="warning" icon={TriangleAlert} title="A pickle: loading it runs code">
                  pickle
                </Badge>
              )}
            </span>
            <span className={styles.note}>{describeBytes(totalBytes(artifact))}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

const kindIcons: Partial<Record<ArtifactKind, LucideIcon>> = {
  table: Sheet,
  array: Grid3x3,
  json: Braces,
  figure: ChartColumn,
  model: Box,
  predictions: ListChecks,
}

function KindIcon({ kind }: { readonly kind: ArtifactKind }) {
  const Icon = kindIcons[kind] ?? File
  return <Icon size={14} role="img" aria-label={kind} className={styles.icon} />
}

function Detail({ artifact }: { readonly artifact: Artifact }) {
  const project = useProjectKey()
  return (
    <div className={styles.detail}>
      <div className={styles.facts}>
        <Facts
          facts={[
            ['Digest', <DigestText key="digest" digest={artifact.descriptor.digest} />],
            ['Type', `${artifact.pythonType}, stored as ${artifact.descriptor.mediaType}`],
            artifact.runsCodeWhenLoaded && [
              'Caution',
              'Loading it runs code. Slipway loads it only in a run that you start.',
            ],
          ]}
        />
      </div>
      <ArtifactView
        reference={artifact.descriptor.digest}
        name={artifact.name}
        facts={
          artifact.descriptor.mediaType === mediaTypes.parquet && (
            <a href={projectHref(project, 'data', ['artifact', artifact.descriptor.digest], { name: artifact.name })}>
              Open in Data
            </a>
          )
        }
      />
    </div>
  )
}

function idOf(artifact: Artifact): string {
  return `${artifact.stepRunId} ${artifact.name} ${artifact.descriptor.digest}`
}
