import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { StepDeclaration } from '../domain/pipeline.ts'
import type { PlannedStep, RunPlan } from '../domain/reason.ts'
import type { Run, RunDetail } from '../domain/run.ts'
import type { Environments } from '../environments/environments.ts'
import { toStoreFailure } from '../store/file-failure.ts'
import type { Store } from '../store/store.ts'
import { ownIdentity } from '../tracking/process-identity.ts'
import type { Recorder } from '../tracking/recorder.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { createFileDigests } from './file-digests.ts'
import { createGitStates } from './git-state.ts'
import { createInFlight } from './in-flight.ts'
import { createKeptInputs } from './kept-inputs.ts'
import type { Kernel } from './kernel.ts'
import type { KnownImports } from './known-imports.ts'
import { logFileOf } from './live-log.ts'
import { lookAhead } from './look-ahead.ts'
import { prepareFirstStep } from './prepare-first-step.ts'
import type { ProcessJournal } from './process-journal.ts'
import { createProcessors } from './processors.ts'
import { recoverRuns } from './recover.ts'
import { reuseRun } from './reuse-run.ts'
import { createRunEnds } from './run-ends.ts'
import { runInTurn } from './run-in-turn.ts'
import { assertRunnable, effectiveParams, type RunRequest } from './run-request.ts'
import { describeCancel, type RunEnd } from './run-steps.ts'
import { createRunTurns } from './run-turns.ts'
import { createSideFiles } from './side-files.ts'
import { stepOrder } from './step-order.ts'
import { type RunnableProject, surveyRun } from './survey-run.ts'
import { inTurn, kindOfTurn } from './take-turn.ts'
import type { WarmProcesses } from './warm-processes.ts'

export type ExecutionOptions = {
  readonly project: RunnableProject
  readonly environments: Environments
  readonly recorder: Recorder
  readonly queries: RunQueries
  readonly store: Store
  readonly kernel: Kernel
  /** Called when it is known that steps will run, before they can. */
  readonly prepare?: WarmProcesses['prepare'] | undefined
  readonly knownImports: KnownImports
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

export function createExecution(options: ExecutionOptions): Execution {
  const { project, environments, recorder, queries, store, kernel, journal, slipwayFolder, knownImports } = options
  const projectFolder = project.get().folder
  const cpus = options.cpus ?? availableParallelism()
  const use = {
    project,
    projectFolder,
    slipwayFolder,
    environments,
    queries,
    store,
    files: createFileDigests(projectFolder),
    kernel,
    recorder,
    sideFiles: createSideFiles(projectFolder, join(slipwayFolder, 'trash'), store),
    keptInputs: createKeptInputs(projectFolder, store, async () => (await project.settings()).recording),
    knownImports,
    logFile: (stepRunId: string) => logFileOf(slipwayFolder, stepRunId),
    cpus,
    processors: createProcessors(cpus),
    inFlight: createInFlight(),
  }
  const turns = createRunTurns()
  const gitStates = createGitStates(projectFolder, store)
  const ends = createRunEnds(recorder)

  /** What a failure of the disk comes from: a folder that is gone, no space, no right to write. */
  function causeOf(error: unknown): unknown {
    try {
      project.assertWritable()
    } catch (loss) {
      if (isFailure(loss, 'project/folderGone')) return loss
    }
    return toStoreFailure(error, slipwayFolder)
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
      const seen = await lookAhead(pipeline, order, request, turns, environments, use)
      const reused = seen && reuseRun(head, seen, began, recorder)
      if (reused) {
        start.report({ phase: 'Run steps', done: order.length, total: order.length, unit: 'steps', fact: null })
        return { runId: reused.run.id, done: Promise.resolve(reused.run), reused }
      }
      if (seen && options.prepare) prepareFirstStep(seen, projectFolder, options.prepare)
      const run = recorder.createRun({ ...head, steps: order.map(({ name }) => ({ step: name, reasons: [] })) })
      start.report({ phase: 'Prepare environment', fact: 'waiting for the run before it' })
      const { report, signal } = start
      const kind = async () => (start.together ? kindOfTurn(order, use) : 'alone')
      const done = inTurn(turns, kind, signal, ({ alone, isFirst }) =>
        runInTurn({ ...run, pipeline, order, request, alone, seen: isFirst ? seen : null }, use, report, signal),
      )
        .catch((error: unknown): RunEnd => {
          if (!signal.aborted) return { state: 'failed', failure: describeFailure(causeOf(error)) }
          return { state: 'canceled', failure: describeCancel(run.runId, signal) }
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
