// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import type { ModelVersion } from '../../../core/domain/model.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText, type Fact, Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { MetricCards } from '../../components/metric-cards.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useEvidence } from '../../queries/model-queries.ts'
import overview from '../runs/run-overview.module.css'
import { DecisionPanel } from './decision-panel.tsx'
import { OnnxNotice } from './onnx-notice.tsx'

/** What a person decides on, and the decision. The digest of all of this is bound to it. */
export function ModelEvidence({ version }: { readonly version: ModelVersion }) {
  const reference = `${version.name}@${version.version}`
  const answer = useEvidence(reference)
  if (answer.isError) return <ErrorNotice error={answer.error} />
  if (!answer.data) return <Loading what="the evidence" />
  const { metrics, params, sources, data, lockDigest, python, run } = answer.data
  return (
    <section className={overview.scroll} aria-label="Evidence" tabIndex={0}>
      <DecisionPanel version={version} />
      <Section title="Metrics">
        {Object.keys(metrics).length === 0 ? (
          <p className={overview.muted}>The run recorded no metrics.</p>
        ) : (
          <MetricCards metrics={metrics} />
        )}
      </Section>
      <Section title="ONNX">
        <OnnxNotice onnx={version.onnx} />
      </Section>
      <Section title="Data">
        <PlainTable
          label="Data the model was made from"
          heads={['File', 'Licence', 'Origin', 'Digest']}
          rows={data.map((file) => ({
            id: file.path,
            cells: [
              <code key="path">{file.path}</code>,
              <span key="licence" className={overview.whole}>
                {file.licence ?? 'unstated'}
              </span>,
              file.origin ?? 'unstated',
              <DigestText key="d" digest={file.digest} />,
            ],
          }))}
        />
      </Section>
      <Section title="Code">
        <PlainTable
          label="Code that made the model"
          heads={['Source', 'Digest']}
          rows={sources.map((source) => ({
            id: `${source.path} ${source.digest}`,
            cells: [<code key="path">{source.path}</code>, <DigestText key="d" digest={source.digest} />],
          }))}
        />
      </Section>
      <div className={overview.columns}>
        <Section title="Params">
          <Facts
            facts={Object.entries(params).map(
              ([key, value]): Fact => [key, <code key={key}>{JSON.stringify(value)}</code>],
            )}
          />
        </Section>
        <Section title="Made with">
          <Facts
            facts={[
              ['Python', python],
              ['Lock', lockDigest && <DigestText key="lock" digest={lockDigest} />],
              ['Commit', run.gitCommit ?? 'not in a git repository'],
            ]}
          />
        </Section>
      </div>
    </section>
  )
}
