import type { Job } from '../../core/domain/job.ts'
import type { JsonValue } from '../../core/domain/json.ts'

export type JourneyStepState = 'waiting' | 'running' | 'done' | 'failed'
export type JourneyStep = {
  readonly phase: string
  readonly meaning: string
  readonly state: JourneyStepState
  readonly fact: string | null
}

/** The parts in their order, and what each one does in plain words. */
const parts: readonly (readonly [string, string])[] = [
  ['Environment', 'Create the Python environment from the lock'],
  ['Run', 'Run every step that is stale'],
  ['Register', 'Register the model of the run as a version'],
  ['Approve', 'Approve it in your name; the approval binds to its digest'],
  ['Build', 'Build the image, and prove that it predicts the same'],
  ['Push', 'Push the image to the registry on this computer'],
  ['Serve', 'Serve it, in Docker when that answers'],
  ['Predict', 'Ask the served image for a prediction'],
]

/** Where the journey stands. Before its start every part waits. */
export function toJourneySteps(job: Job | null): readonly JourneyStep[] {
  const reached = parts.findIndex(([phase]) => phase === job?.progress?.phase)
  return parts.map(([phase, meaning], index) => {
    const isHere = index === reached && job?.state !== 'completed'
    return { phase, meaning, state: stateAt(job, index, reached), fact: isHere ? (job?.progress?.fact ?? null) : null }
  })
}

function stateAt(job: Job | null, index: number, reached: number): JourneyStepState {
  if (job === null) return 'waiting'
  if (job.state === 'completed' || index < reached) return 'done'
  if (index > reached) return 'waiting'
  return job.endedAt === null ? 'running' : 'failed'
}

/** The answer of the served image in one line. */
export function describePrediction(answer: JsonValue): string {
  if (answer === null) return ''
  const predictions = typeof answer === 'object' && 'predictions' in answer ? answer.predictions : answer
  return JSON.stringify(predictions).slice(0, 200)
}
