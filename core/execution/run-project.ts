import { mkdir } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { mediaTypes } from '../domain/descriptor.ts'
import type { Environment } from '../domain/environment.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { PlannedStep, RunPlan, StaleReason } from '../domain/reason.ts'
import type { Run, RunDetail } from '../domain/run.ts'
import type { Environments } from '../environments/environments.ts'
import { toStoreFailure } from '../store/file-failure.ts'
import type { Store } from '../store/store.ts'
import { ownIdentity } from '../tracking/process-identity.ts'
import type { Recorder, ReusedRun } from '../tracking/recorder.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { createFileDigests } from './file-digests.ts'
import { createGitStates } from './git-state.ts'
import { createInFlight } from './in-flight.ts'
import { createKeptInputs } from './kept-inputs.ts'
import type { Kernel } from './kernel.ts'
import { logFileOf } from './live-log.ts'
import type { ProcessJournal } from './process-journal.ts'
import { createProcessors } from './processors.ts'
import { recoverRuns } from './recover.ts'
import { createRunEnds } from './run-ends.ts'
import { assertRunnable, effectiveParams, type RunRequest } from './run-request.ts'
import { describeCancel, type RunEnd, runSteps } from './run-steps.ts'
import { createRunTurns, type TurnKind } from './run-turns.ts'
import { sideFiles } from './side-file-state.ts'
import { createSideFiles } from './side-files.ts'
import { stepOrder } from './step-order.ts'
import { type RunnableProject, type RunSurvey, removeHurtInputs, surveyRun } from './survey-run.ts'

export type ExecutionOptions = {
  readonly project: RunnableProject
  readonly environments: Environments
  readonly recorder: Recorder
  readonly queries: RunQueries
  readonly store: Store
  readonly kernel: Kernel
  readonly journal: ProcessJournal
  /** Absolute: `.slipway` of the project. */
  readonly slipwayFolder: string
  /** Processors that steps may take together; default: all that this process may use. */
  readonly cpus?: number | undefined
}

export type StartOptions = {
  readonly report: ReportProgress
  /** A reason that is a failure becomes the run's. */
  readonly signal: AbortSignal
  /** It may go beside other runs that say so, too, when its steps are known to write no file of the project. */
  readonly together?: boolean | undefined
}

export type StartedRun = {
  readonly runId: string
  readonly done: Promise<Run>
  /** The whole run, when nothing had to run: then it has ended already. */
  readonly reused?: RunDetail | undefined
}

type SeenAhead = { readonly environment: Environment; readonly survey: RunSurvey }

/** The phases that a run reports, in order; those of an environment's sync may come between. */
export const runPhases = ['Prepare environment', 'Plan', 'Run steps'] as const

export type Execution = {
  /** What a run would do, and why; runs nothing and changes nothing. */
  plan(request: RunRequest): Promise<RunPlan>
  /**
   * The run exists when this returns; `done` is when it has ended, however it did. Runs of one project go one
   * after the other, unless they ask to go together.
   * @throws project/notTrusted, project/pipelineBroken, project/stepUnknown, execution/paramUnknown
   */
  start(request: RunRequest, options: StartOptions): Promise<StartedRun>
  /**
   * Clears up after a core that died. Call it once, before anything is run. `alone` says that the project is locked
   * for the caller: then no unfinished run goes on, whoever recorded it.
   */
  recover(options?: { readonly alone?: boolean }): Promise<readonly Run[]>
}

const longestInputRepair = 20
const rememberedStepRuns = 20

export function createExecution(options: ExecutionOptions): Execution {
  const { project, environments, recorder, queries, store, kernel, journal, slipwayFolder } = options
  const projectFolder = project.get().folder
  const files = createFileDigests(projectFolder)
  const use = {
    project,
    projectFolder,
    queries,
    store,
    files,
    kernel,
    recorder,
    sideFiles: createSideFiles(projectFolder, join(slipwayFolder, 'trash'), store),
    keptInputs: createKeptInputs(projectFolder, store, async () => (await project.settings()).recording),
    logFile: (stepRunId: string) => logFileOf(slipwayFolder, stepRunId),
  }
  const cpus = options.cpus ?? availableParallelism()
  const shared = { cpus, processors: createProcessors(cpus), inFlight: createInFlight() }
  const turns = createRunTurns()
  const gitStates = createGitStates(projectFolder, store)
  const ends = createRunEnds(recorder)

  /** Two runs that write the same file would record each other's: only steps that were seen to write none go together. */
  async function kindOfTurn(order: readonly StepDeclaration[]): Promise<TurnKind> {
    for (const { name } of order) {
      const { digest } = await project.stepSource(name)
      const seen = queries.findStepRunsByStep(name, rememberedStepRuns).filter((one) => one.sourceDigest === digest)
      if (seen.length === 0 || seen.some(({ observed }) => observed.filesWritten.length > 0)) return 'alone'
    }
    return 'together'
  }

  /** What a failure of the disk comes from: a folder that is gone, no space, no right to write. */
  function causeOf(error: unknown): unknown {
    try {
      project.assertWritable()
    } catch (loss) {
      if (isFailure(loss, 'project/folderGone')) return loss
    }
    return toStoreFailure(error, slipwayFolder)
  }

  async function readyEnvironment({ report, signal }: StartOptions): Promise<Environment> {
    report({ phase: 'Prepare environment' })
    const status = await environments.status()
    const environment = status.state === 'ready' ? status.environment : await environments.sync({ report, signal })
    if (!store.has(environment.lockDigest)) await store.putBytes(await environments.lockText(), mediaTypes.lock)
    return environment
  }

  /** Surveys until every stored value that the run will read has been found whole. */
  async function surveyWhole(
    pipeline: Pipeline,
    order: readonly StepDeclaration[],
    request: RunRequest,
    environment: Environment,
    pythonPath: string,
    first: RunSurvey | null,
  ): Promise<RunSurvey> {
    for (let repairs = 0; ; repairs++) {
      const known = repairs === 0 ? first : null
      const survey = known ?? (await surveyRun(pipeline, order, request, environment, pythonPath, use))
      const hurt = repairs < longestInputRepair ? await removeHurtInputs(survey.plan, order, use) : []
      if (hurt.length === 0) return survey
    }
  }

  /** What a run would find that came first just now; null where it would have to wait, or to make the environment. */
  async function lookAhead(pipeline: Pipeline, order: readonly StepDeclaration[], request: RunRequest) {
    if (!turns.areFree()) return null
    try {
      const status = await environments.status()
      if (status.state !== 'ready') return null
      const { environment } = status
      const pythonPath = await environments.pythonPath()
      const survey = await surveyRun(pipeline, order, request, environment, pythonPath, use)
      return turns.areFree() ? { environment, survey } : null
    } catch {
      // Whatever it is, the run meets it too, and records it.
      return null
    }
  }

  async function execute(
    run: { readonly runId: string; readonly stepRunIds: Readonly<Record<string, string>> },
    pipeline: Pipeline,
    order: readonly StepDeclaration[],
    request: RunRequest,
    start: StartOptions,
    seen: SeenAhead | null,
  ): Promise<RunEnd> {
    const isFirst = turns.areFree()
    const turn = await turns.take(async () => (start.together ? kindOfTurn(order) : 'alone'), start.signal)
    try {
      const alone = turn.kind === 'alone'
      return await executeInTurn(run, pipeline, order, request, start, alone, isFirst ? seen : null)
    } finally {
      turn.end()
    }
  }

  async function executeInTurn(
    run: { readonly runId: string; readonly stepRunIds: Readonly<Record<string, string>> },
    pipeline: Pipeline,
    order: readonly StepDeclaration[],
    request: RunRequest,
    start: StartOptions,
    alone: boolean,
    seen: SeenAhead | null,
  ): Promise<RunEnd> {
    const { report, signal } = start
    const environment = await readyEnvironment(start)
    const pythonPath = await environments.pythonPath()
    recorder.recordEnvironment(run.runId, environment)
    report({ phase: 'Plan', done: 0, total: order.length, unit: 'steps', fact: null })
    const first = seen?.environment === environment ? seen.survey : null
    const survey = await surveyWhole(pipeline, order, request, environment, pythonPath, first)
    const reasons: Record<string, readonly StaleReason[]> = {}
    for (const planned of survey.plan.steps)
      if (planned.reasons.length > 0)
        reasons[run.stepRunIds[planned.step] as string] = await survey.explain(planned.reasons)
    recorder.setReasons(reasons)
    await mkdir(join(slipwayFolder, 'logs'), { recursive: true, mode: 0o700 })
    const steps = { ...run, ...shared, pipeline, order, survey, environment, pythonPath, alone }
    return runSteps(steps, use, report, signal)
  }

  return {
    async plan(request) {
      const pipeline = await project.pipeline({})
      assertRunnable(pipeline, request)
      const status = await environments.status()
      const environment = status.state === 'ready' ? status.environment : null
      // Asking for the real path would run the interpreter, and where it lies is no part of any key.
      const pythonPath = join(slipwayFolder, 'environment', 'bin', 'python')
      const order = stepOrder(pipeline, request.steps)
      const survey = await surveyRun(pipeline, order, request, environment, pythonPath, use)
      const drift = status.state === 'drifted' ? `may change: ${status.reason}` : null
      return {
        steps: await Promise.all(
          survey.plan.steps.map(async (step) => {
            const planned = drift === null ? step : withDrift(step, drift)
            return { ...planned, reasons: await survey.explain(planned.reasons) }
          }),
        ),
      }
    },

    async start(request, start) {
      project.assertTrusted()
      project.assertWritable()
      const began = performance.now()
      const pipeline = await project.pipeline({})
      assertRunnable(pipeline, request)
      const order = stepOrder(pipeline, request.steps)
      ends.retry()
      const head = {
        experiment: request.experiment,
        params: paramsOf(order, request),
        tags: request.tags,
        git: await gitStates.read(),
        host: hostname(),
        owner: ownIdentity(),
      }
      const seen = await lookAhead(pipeline, order, request)
      const steps = seen && allReused(seen.survey)
      if (steps) {
        const { environment } = seen
        const startedAt = new Date(Date.now() - (performance.now() - began)).toISOString()
        const durationMs = performance.now() - began
        const detail = recorder.recordReused({ ...head, startedAt, durationMs, environment, steps })
        start.report({ phase: 'Run steps', done: order.length, total: order.length, unit: 'steps', fact: null })
        return { runId: detail.run.id, done: Promise.resolve(detail.run), reused: detail }
      }
      const run = recorder.createRun({ ...head, steps: order.map(({ name }) => ({ step: name, reasons: [] })) })
      start.report({ phase: 'Prepare environment', fact: 'waiting for the run before it' })
      const done = execute(run, pipeline, order, request, start, seen)
        .catch((error: unknown): RunEnd => {
          if (!start.signal.aborted) return { state: 'failed', failure: describeFailure(causeOf(error)) }
          return { state: 'canceled', failure: describeCancel(run.runId, start.signal) }
        })
        .then((end) =>
          ends.finish(run.runId, {
            ...end,
            endedAt: new Date().toISOString(),
            durationMs: performance.now() - began,
          }),
        )
      return { runId: run.runId, done }
    },

    recover: (options) => recoverRuns(journal, recorder, options?.alone ?? false),
  }
}

/** What each step reuses, in order; null when one has to run, or files that it wrote have to be put back. */
function allReused({ plan, facts }: RunSurvey): ReusedRun['steps'] | null {
  const steps = plan.steps.flatMap(({ step, reuses }) => {
    const known = facts.get(step)
    const candidate = known?.candidates.find(({ id }) => id === reuses)
    const isWhole = known && candidate && sideFiles(candidate, known).every(({ found, recorded }) => found === recorded)
    return isWhole ? [{ step, candidate }] : []
  })
  return steps.length === plan.steps.length && steps.length > 0 ? steps : null
}

function paramsOf(order: readonly StepDeclaration[], request: RunRequest) {
  return Object.fromEntries(
    order.flatMap((step) =>
      Object.entries(effectiveParams(step, request)).map(([name, value]) => [`${step.name}.${name}`, value] as const),
    ),
  )
}

/** What the environment will be is not known until it is in step with the requirements again. */
function withDrift(step: PlannedStep, drift: string): PlannedStep {
  if (step.state === 'new') return step
  const reasons = [...step.reasons, { kind: 'package', name: 'slipway.lock', from: null, to: drift } as const]
  return { step: step.step, state: 'stale', reasons, reuses: null, savedMs: null }
}
