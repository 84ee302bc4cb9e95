import { CircleCheck, CircleDot, CircleX, Play, Square } from 'lucide-react'
import { useState } from 'react'
import type { Image, Serving } from '../../../core/domain/image.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { Badge, type Tone } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { SelectInput } from '../../components/field.tsx'
import { Section } from '../../components/page.tsx'
import { useLive } from '../../live/live-store.ts'
import { useEngine, useServe, useStopServing } from '../../queries/image-queries.ts'
import { JobStrip } from './job-strip.tsx'
import styles from './ship-page.module.css'
import { TryForm } from './try-form.tsx'
import { useStartedJob } from './use-started-job.ts'

type ServeSectionProps = { readonly version: ModelVersion; readonly image: Image }

/** Serves the image here: in a container when an engine answers, else as a local process that says so. */
export function ServeSection({ version, image }: ServeSectionProps) {
  const engine = useEngine().data
  const [wanted, setWanted] = useState<'auto' | 'docker' | 'process'>('auto')
  const serve = useStartedJob('serve', useServe())
  const serving = useLive((live) =>
    live.servings.find((entry) => entry.manifestDigest === image.manifestDigest && entry.state !== 'stopped'),
  )
  return (
    <Section
      title="Serve"
      tools={
        serving ? (
          <StopButton serving={serving} />
        ) : (
          <div className={styles.row}>
            <div className={styles.select}>
              <SelectInput
                aria-label="Where to serve"
                value={wanted}
                onChange={(event) => setWanted(event.target.value as typeof wanted)}
              >
                <option value="auto">
                  {engine?.state === 'ready' ? `Automatic: ${engine.name}` : 'Automatic: local process'}
                </option>
                <option value="docker">Container</option>
                <option value="process">Local process (not a container)</option>
              </SelectInput>
            </div>
            <Button
              look="primary"
              icon={Play}
              busy={serve.isBusy}
              onClick={() => void serve.start({ image: image.manifestDigest, engine: wanted })}
            >
              Serve
            </Button>
          </div>
        )
      }
    >
      <div className={styles.stack}>
        <JobStrip job={serve.job} error={serve.error} />
        {serving ? (
          <>
            <ServingLine serving={serving} />
            <TryForm version={version} serving={serving} />
            {serving.log.length > 0 && (
              <details className={styles.more}>
                <summary>Server log</summary>
                <pre className={styles.code}>{serving.log.slice(-50).join('\n')}</pre>
              </details>
            )}
          </>
        ) : (
          !serve.isBusy && <p className={styles.muted}>Not served now. Serving listens on this computer only.</p>
        )}
      </div>
    </Section>
  )
}

const servingLooks: Record<Serving['state'], { tone: Tone; icon: typeof CircleCheck; word: string }> = {
  starting: { tone: 'running', icon: CircleDot, word: 'Starting' },
  healthy: { tone: 'success', icon: CircleCheck, word: 'Healthy' },
  unhealthy: { tone: 'danger', icon: CircleX, word: 'Not healthy' },
  stopped: { tone: 'neutral', icon: Square, word: 'Stopped' },
}

function ServingLine({ serving }: { readonly serving: Serving }) {
  const look = servingLooks[serving.state]
  return (
    <p className={styles.row}>
      <Badge tone={look.tone} icon={look.icon}>
        {look.word}
      </Badge>
      <span>
        Serving on <code>{serving.url}</code>
      </span>
      <span className={styles.muted}>
        {serving.engine === 'docker'
          ? `container ${serving.container?.slice(0, 12)}`
          : 'local process, not a container'}
      </span>
    </p>
  )
}

function StopButton({ serving }: { readonly serving: Serving }) {
  const stop = useStopServing()
  return (
    <Button icon={Square} busy={stop.isPending} onClick={() => stop.mutate(serving.id)}>
      Stop serving
    </Button>
  )
}
