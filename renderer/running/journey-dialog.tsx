import { Circle, CircleCheck, CircleDot, CircleX, Copy, type LucideIcon, Route } from 'lucide-react'
import { useState } from 'react'
import type { Job } from '../../core/domain/job.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import { announce } from '../components/announcer.tsx'
import { Button, IconButton } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNotice } from '../components/error-notice.tsx'
import { useJob, useJobs } from '../live/use-jobs.ts'
import { useStartJourney } from '../queries/job-queries.ts'
import { CancelJobButton } from '../shell/jobs-list.tsx'
import styles from './journey-dialog.module.css'
import { describePrediction, type JourneyStepState, toJourneySteps } from './journey-steps.ts'

/** From source text to a prediction by the pushed image, step by step. Closing the dialog stops nothing. */
export function JourneyDialog({ onClose }: { readonly onClose: () => void }) {
  const start = useStartJourney()
  const going = useJobs().find((job) => job.kind === 'journey' && job.endedAt === null)
  const [id, setId] = useState<string | null>(null)
  // Also one that is told of after the dialog has opened.
  if (id === null && going) setId(going.id)
  const job = useJob(id) ?? start.data ?? null
  const begin = () => start.mutate(undefined, { onSuccess: (started) => setId(started.id) })
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title="The whole journey"
      description="Each part is the ordinary one: what it makes is found again in its own area."
      actions={
        job === null ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" icon={Route} busy={start.isPending} onClick={begin}>
              Start
            </Button>
          </>
        ) : (
          <>
            <CancelJobButton job={job} />
            <Button look={job.endedAt === null ? 'plain' : 'primary'} onClick={onClose}>
              {job.endedAt === null ? 'Continue in background' : 'Done'}
            </Button>
          </>
        )
      }
    >
      <ol className={styles.steps} aria-label="Steps of the journey">
        {toJourneySteps(job).map((step) => (
          <li key={step.phase} className={styles.step} data-state={step.state}>
            <StateSign state={step.state} />
            <span className={styles.phase}>{step.phase}</span>
            <span className={styles.fact}>{step.fact ?? step.meaning}</span>
          </li>
        ))}
      </ol>
      {start.error && <ErrorNotice error={start.error} />}
      {job?.failure && <ErrorNotice error={job.failure} />}
      {job?.state === 'completed' && <Result job={job} />}
    </Dialog>
  )
}

const signs: Record<JourneyStepState, readonly [LucideIcon, string]> = {
  waiting: [Circle, 'Waiting'],
  running: [CircleDot, 'Running'],
  done: [CircleCheck, 'Done'],
  failed: [CircleX, 'Failed'],
}

function StateSign({ state }: { readonly state: JourneyStepState }) {
  const [Icon, word] = signs[state]
  return <Icon size={16} role="img" aria-label={word} className={styles[state]} />
}

function Result({ job }: { readonly job: Job }) {
  const result = job.result as { readonly [key: string]: JsonValue } | null
  if (!result) return null
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['Image', String(result.reference ?? ''), true],
    ['Digest', String(result.manifestDigest ?? ''), true],
    ['Model', String(result.model ?? ''), false],
    [
      'Served at',
      [result.url, result.engine === 'process' ? 'a local process, not a container' : 'in Docker']
        .filter(Boolean)
        .join(', '),
      false,
    ],
    ['Prediction', describePrediction(result.prediction ?? null), false],
  ]
  return (
    <dl className={styles.result}>
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value, copies]) => (
          <div key={name} className={styles.row}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
              {copies && <CopyButton text={value} what={name} />}
            </dd>
          </div>
        ))}
    </dl>
  )
}

function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    announce(`${what} copied`)
  }
  return <IconButton icon={Copy} size={13} label={`Copy ${what.toLowerCase()}`} onClick={() => void copy()} />
}
