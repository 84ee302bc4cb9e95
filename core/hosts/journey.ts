import { DescribedError } from '../api/described-error.ts'
import type { JobBoard } from '../api/job-board.ts'
import type { ProjectCore } from '../api/project-core.ts'
import type { Artifact } from '../domain/artifact.ts'
import { fail } from '../domain/failure.ts'
import type { Image, Push, Serving } from '../domain/image.ts'
import type { Job, ReportProgress } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import type { ModelVersion } from '../domain/model.ts'
import type { Parity } from '../domain/parity.ts'
import { toRepository } from '../images/reference.ts'

export type JourneyResult = {
  readonly model: string
  readonly reference: string
  readonly manifestDigest: string
  readonly parity: Parity | null
  readonly url: string | null
  readonly engine: string | null
  /** What the served image answered to a row recorded at training. */
  readonly prediction: JsonValue
}

export const journeyPhases = ['Environment', 'Run', 'Register', 'Approve', 'Build', 'Push', 'Serve', 'Predict'] as const
type Phase = (typeof journeyPhases)[number]

type JourneyParts = Pick<ProjectCore, 'project' | 'environment' | 'runs' | 'models' | 'images' | 'registry'>

/**
 * From source text to a prediction by the pushed image, as one job. Each part is the ordinary one with a job of its
 * own; cancelling this one cancels the part that runs. Starting it is the human decision to approve, so the approval
 * carries the person's name.
 */
export async function walkJourney(
  core: JourneyParts,
  options: { readonly jobs: JobBoard; readonly person: string; readonly projectName: string },
  report: ReportProgress,
  signal: AbortSignal,
): Promise<JourneyResult> {
  const part = (phase: Phase, job: Job) => followPart(options.jobs, job, phase, report, signal)

  report({ phase: 'Environment', fact: 'Looking at the environment' })
  const status = await core.environment.status()
  if (status.state !== 'ready') await part('Environment', core.environment.sync())

  const started = await core.runs.start({ steps: [], params: {} })
  await part('Run', started.job)

  report({ phase: 'Register', fact: 'Reading the signature' })
  const version = await findOrRegister(core, started.runId, options.projectName)
  const model = `${version.name}@${version.version}`

  report({ phase: 'Approve', fact: model })
  if (version.approval?.state !== 'approved' || version.approval.stale !== null) {
    await core.models.decide(model, 'approved', `${options.person} started the whole journey and approved its model.`)
  }

  const built = await part('Build', core.images.build({ model }))
  const image = await core.images.get(findDigest(built.result) ?? model)

  const target = await core.registry.default()
  const reference = `${target.reference.replace(/\/$/, '')}/${toRepository(version.name)}:${version.version}`
  const pushed = await part('Push', core.images.push(image.manifestDigest, reference, {}))
  const push = pushed.result as unknown as Push

  const served = await part('Serve', core.images.serve(image.manifestDigest, { engine: 'auto' }))
  const serving = served.result as unknown as Serving

  report({ phase: 'Predict', fact: serving.url })
  const row = await core.images.exampleRow(model)
  const answer = await core.images.tryPredict(serving.id, Array.isArray(row) ? row : [row])
  return {
    model,
    reference: push.reference,
    manifestDigest: push.manifestDigest,
    parity: image.parity,
    url: serving.url,
    engine: serving.engine,
    prediction: answer.body,
  }
}

/** One and the same model is one version, however often the journey is walked. */
async function findOrRegister(core: JourneyParts, runId: string, name: string): Promise<ModelVersion> {
  const { artifacts } = await core.runs.get(runId)
  const model = chooseModel(artifacts)
  if (!model) throw fail('host/noModelInRun', { run: runId })
  const versions = (await core.models.list()).flatMap((entry) => entry.versions)
  const known = versions.findLast((version) => version.digest === model.descriptor.digest)
  return known ?? core.models.register(`${runId}:${model.name}`, toRepository(name))
}

/** The last one: what earlier steps fit (scalers, encoders) is usually part of it. */
function chooseModel(artifacts: readonly Artifact[]): Artifact | undefined {
  return artifacts.findLast((artifact) => artifact.kind === 'model')
}

async function followPart(
  jobs: JobBoard,
  job: Job,
  phase: Phase,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Job> {
  const cancel = () => jobs.cancel(job.id)
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  const leave = jobs.watch((now) => {
    if (now.id !== job.id || now.progress === null) return
    const { phase: inner, fact, ...count } = now.progress
    report({ ...count, phase, fact: fact ?? inner })
  })
  try {
    const ended = await jobs.whenEnded(job.id)
    if (ended.failure) throw new DescribedError(ended.failure)
    return ended
  } finally {
    leave()
    signal.removeEventListener('abort', cancel)
  }
}

function findDigest(result: JsonValue): string | null {
  const image = (result as { readonly image?: Partial<Image> } | null)?.image ?? (result as Partial<Image> | null)
  return image?.manifestDigest ?? null
}
