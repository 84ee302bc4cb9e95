import { Hammer } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { BuildPlan, Image } from '../../../core/domain/image.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { useCommands } from '../../commands/command-registry.ts'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { useBuildImage, useBuildPlan } from '../../queries/image-queries.ts'
import { ImageLayers } from './image-layers.tsx'
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
          <Plan plan={plan.data}>
            <BaseField value={base} onChange={setBase} />
          </Plan>
        ) : (
          <Loading what="the plan" />
        )}
      </div>
    </Section>
  )
}

type PlanProps = { readonly plan: BuildPlan; readonly children: ReactNode }

function Plan({ plan, children }: PlanProps) {
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        <Facts
          facts={[
            ['Runtime', `${plan.runtime}: ${plan.reason}`],
            ['Base', `${plan.base.name}${plan.base.digest ? ` ${plan.base.digest.slice(7, 19)}` : ''}`],
            ['Platform', plan.platform],
            ['User', plan.user],
            ['Entrypoint', <code key="entry">{plan.entrypoint.join(' ')}</code>],
            ['Size', describeBytes(plan.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0))],
          ]}
        />
        {children}
      </div>
      <ImageLayers layers={plan.layers} />
    </div>
  )
}

type BaseFieldProps = { readonly value: string; readonly onChange: (value: string) => void }

function BaseField({ value, onChange }: BaseFieldProps) {
  return (
    <details className={styles.more}>
      <summary>Another base image</summary>
      <Field
        label="Base image"
        help="Empty takes what slipway.toml says. Otherwise host, oci:FOLDER, a tar file, or REFERENCE@sha256:…"
      >
        {(props) => (
          <TextInput {...props} placeholder="auto" value={value} onChange={(event) => onChange(event.target.value)} />
        )}
      </Field>
    </details>
  )
}
