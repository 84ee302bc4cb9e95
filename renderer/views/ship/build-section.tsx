import { Hammer } from 'lucide-react'
import { useState } from 'react'
import type { BuildPlan, Image } from '../../../core/domain/image.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { useCommands } from '../../commands/command-registry.ts'
import { Button } from '../../components/button.tsx'
import { describeBytes } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useBuildImage, useBuildPlan } from '../../queries/image-queries.ts'
import { JobStrip } from './job-strip.tsx'
import styles from './ship-page.module.css'
import { useStartedJob } from './use-started-job.ts'

type BuildSectionProps = { readonly version: ModelVersion; readonly image: Image | null }

/** What a build would make, before it is made; then the build. */
export function BuildSection({ version, image }: BuildSectionProps) {
  const [base, setBase] = useState('')
  const request = { model: `${version.name}@${version.version}`, ...(base.trim() ? { base: base.trim() } : {}) }
  const plan = useBuildPlan(request)
  const build = useStartedJob('build', useBuildImage())
  const start = () => void build.start(request)
  const reason = plan.isError ? 'The plan says why it cannot be built.' : null
  useCommands([
    {
      id: 'ship.buildAndServe',
      title: 'Build the image',
      context: 'Ship',
      keywords: ['package'],
      disabled: reason,
      run: start,
    },
  ])
  return (
    <Section
      title="Plan"
      tools={
        <Button
          look={image ? 'plain' : 'primary'}
          icon={Hammer}
          busy={build.isBusy}
          disabledReason={reason}
          onClick={start}
        >
          {image ? 'Build again' : 'Build'}
        </Button>
      }
    >
      <div className={styles.stack}>
        <JobStrip job={build.job} error={build.error} />
        {plan.isError ? (
          <ErrorNotice error={plan.error} />
        ) : plan.data ? (
          <Plan plan={plan.data} />
        ) : (
          <Loading what="the plan" />
        )}
        <div className={styles.reference}>
          <Field
            label="Base image"
            help="Empty takes what slipway.toml says. Otherwise host, oci:FOLDER, a tar file, or REFERENCE@sha256:…"
          >
            {(props) => (
              <TextInput {...props} placeholder="auto" value={base} onChange={(event) => setBase(event.target.value)} />
            )}
          </Field>
        </div>
      </div>
    </Section>
  )
}

const layerColours = ['--series-1', '--series-3', '--series-2', '--series-4', '--series-5']

function Plan({ plan }: { readonly plan: BuildPlan }) {
  const total = plan.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0)
  return (
    <div className={styles.columns}>
      <Facts
        facts={[
          ['Runtime', `${plan.runtime} (${plan.reason})`],
          ['Base', `${plan.base.name}${plan.base.digest ? ` ${plan.base.digest.slice(7, 19)}` : ''}`],
          ['Platform', plan.platform],
          ['User', plan.user],
          ['Entrypoint', <code key="entry">{plan.entrypoint.join(' ')}</code>],
          ['Size', describeBytes(total)],
        ]}
      />
      <div>
        <div className={styles.layers} aria-hidden>
          {plan.layers.map((layer, index) => (
            <div
              key={layer.name}
              className={styles.layer}
              style={{
                flexGrow: Math.max(layer.sizeBytes, total / 200),
                background: `var(${layerColours[index % 5]})`,
              }}
            />
          ))}
        </div>
        <PlainTable
          label="Layers"
          heads={['Layer', 'Holds', { text: 'Size', align: 'end' }, 'Cached']}
          rows={plan.layers.map((layer) => ({
            id: layer.name,
            cells: [
              layer.name,
              <span key="contents" className={styles.muted} title={layer.contents.join('\n')}>
                {summarise(layer.contents)}
              </span>,
              describeBytes(layer.sizeBytes),
              layer.cached ? 'yes' : 'no',
            ],
          }))}
        />
      </div>
    </div>
  )
}

function summarise(contents: readonly string[]): string {
  const shown = contents.slice(0, 3).join(', ')
  return contents.length > 3 ? `${shown} and ${contents.length - 3} more` : shown
}
