import { Section } from '../../components/page.tsx'
import { Picture } from '../../components/picture.tsx'
import { useArtifactPreview } from '../../queries/artifact-queries.ts'
import { useRun } from '../../queries/run-queries.ts'
import styles from './compare-table.module.css'
import { type ComparedRun, RunHead } from './compare-table.tsx'

/** The figures of each run, side by side. */
export function ComparePlots({ runs }: { readonly runs: readonly ComparedRun[] }) {
  return (
    <Section title="Plots">
      <div className={styles.grid}>
        {runs.map((run) => (
          <RunPlots key={run.id} run={run} />
        ))}
      </div>
    </Section>
  )
}

function RunPlots({ run }: { readonly run: ComparedRun }) {
  const figures = (useRun(run.id).data?.artifacts ?? []).filter((artifact) => artifact.kind === 'figure')
  return (
    <div>
      <p className={styles.caption}>
        <RunHead run={run} />
      </p>
      {figures.length === 0 && <p className={styles.none}>No plots.</p>}
      {figures.map((figure) => (
        <Plot key={figure.name} digest={figure.descriptor.digest} words={`Figure ${figure.name} of run ${run.id}`} />
      ))}
    </div>
  )
}

function Plot({ digest, words }: { readonly digest: string; readonly words: string }) {
  const preview = useArtifactPreview(digest).data
  return preview?.kind === 'image' ? (
    <Picture mediaType={preview.mediaType} base64={preview.base64} description={words} />
  ) : null
}
