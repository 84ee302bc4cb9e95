import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes } from '../domain/descriptor.ts'
import type { Environment } from '../domain/environment.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { StaleReason } from '../domain/reason.ts'
import type { Environments } from '../environments/environments.ts'
import type { Store } from '../store/store.ts'
import type { StepRunner } from './execute-step.ts'
import type { SeenAhead } from './look-ahead.ts'
import type { RunRequest } from './run-request.ts'
import { type RunEnd, runSteps, type StepsToRun } from './run-steps.ts'
import { type RunSurvey, removeHurtInputs, type SurveyUse, surveyRun } from './survey-run.ts'

export type RunInTurn = Pick<StepsToRun, 'runId' | 'stepRunIds' | 'pipeline' | 'order' | 'alone'> & {
  readonly request: RunRequest
  /** What was seen of it before its turn, when that still holds. */
  readonly seen: SeenAhead | null
}

export type RunInTurnUse = Omit<StepRunner, 'queue' | 'staging' | 'store'> &
  SurveyUse &
  Pick<StepsToRun, 'cpus' | 'processors' | 'inFlight'> & {
    readonly environments: Environments
    /** Absolute: `.slipway` of the project. */
    readonly slipwayFolder: string
  }

const longestInputRepair = 20

/** A run whose turn has come: makes the environment ready, plans, records why each step is stale, runs the steps. */
export async function runInTurn(
  { request, seen, ...run }: RunInTurn,
  use: RunInTurnUse,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { environments, recorder, cpus, processors, inFlight } = use
  const environment = await readyEnvironment(environments, use.store, report, signal)
  const pythonPath = await environments.pythonPath()
  recorder.recordEnvironment(run.runId, environment)
  report({ phase: 'Plan', done: 0, total: run.order.length, unit: 'steps', fact: null })
  const first = seen?.environment === environment ? seen.survey : null
  const survey = await surveyWhole(run.pipeline, run.order, request, environment, pythonPath, first, use)
  const reasons: Record<string, readonly StaleReason[]> = {}
  for (const planned of survey.plan.steps)
    if (planned.reasons.length > 0)
      reasons[run.stepRunIds[planned.step] as string] = await survey.explain(planned.reasons)
  recorder.setReasons(reasons)
  await mkdir(join(use.slipwayFolder, 'logs'), { recursive: true, mode: 0o700 })
  return runSteps({ ...run, cpus, processors, inFlight, survey, environment, pythonPath }, use, report, signal)
}

async function readyEnvironment(
  environments: Environments,
  store: Store,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Environment> {
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
  use: SurveyUse,
): Promise<RunSurvey> {
  for (let repairs = 0; ; repairs++) {
    const known = repairs === 0 ? first : null
    const survey = known ?? (await surveyRun(pipeline, order, request, environment, pythonPath, use))
    const hurt = repairs < longestInputRepair ? await removeHurtInputs(survey.plan, order, use) : []
    if (hurt.length === 0) return survey
  }
}
