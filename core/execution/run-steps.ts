import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { type DescribedFailure, describeFailure, fail, isFailure } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { StaleReason } from '../domain/reason.ts'
import { problemOf, type StepFailure } from '../domain/run.ts'
import { interpreterDigest } from '../environments/interpreter-digest.ts'
import type { StepSource } from '../project/opened-project.ts'
import type { NewArtifact, RecordedArtifact, StepRunCandidate } from '../tracking/run-records.ts'
import { executeStep, type StepResult, type StepRunner } from './execute-step.ts'
import { stepSettings } from './gather-facts.ts'
import { type InFlight, situationOf } from './in-flight.ts'
import { decideWith, type StepFacts } from './plan-run.ts'
import type { Processors } from './processors.ts'
import { createRecordQueue } from './record-queue.ts'
import { recordSources } from './recorded-sources.ts'
import { type StepEnd, schedule } from './scheduler.ts'
import { changedSideFiles, sideFiles } from './side-file-state.ts'
import { createStagingFolders } from './staging-folders.ts'
import { makerOf, upstreamOf } from './step-order.ts'
import type { RunSurvey } from './survey-run.ts'

export type StepsToRun = {
  readonly runId: string
  readonly stepRunIds: Readonly<Record<string, string>>
  readonly pipeline: Pipeline
  readonly order: readonly StepDeclaration[]
  readonly survey: RunSurvey
  readonly environment: Environment
  readonly pythonPath: string
  readonly cpus: number
  /** Shared by the runs that go at the same time. */
  readonly processors: Processors
  readonly inFlight: InFlight
  /** No other run goes at the same time, so that every file that a step wrote in the project is its own. */
  readonly alone: boolean
}

export type RunEnd = {
  readonly state: 'completed' | 'failed' | 'canceled'
  readonly failure: DescribedFailure | null
}

/** Runs what is stale and reuses the rest; every step of the run has ended in one way or another after it. */
export async function runSteps(
  run: StepsToRun,
  shared: Omit<StepRunner, 'queue' | 'staging'>,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { recorder } = shared
  const group = shared.store.openGroup()
  const queue = createRecordQueue(group, recorder, () => halt.abort())
  const staging = createStagingFolders(group)
  const use: StepRunner = { ...shared, store: group, queue, staging }
  const results = new Map<string, NewArtifact | RecordedArtifact>()
  const failures: { readonly step: string; readonly failure: StepFailure }[] = []
  const halt = new AbortController()
  const stopped = AbortSignal.any([signal, halt.signal])
  const running = new Set<string>()
  let ended = 0

  const announce = () =>
    report({ phase: 'Run steps', done: ended, total: run.order.length, unit: 'steps', fact: [...running].join(', ') })
  const keep = (artifacts: readonly (NewArtifact | RecordedArtifact)[]) => {
    for (const artifact of artifacts) if (artifact.role === 'output') results.set(artifact.name, artifact)
  }

  async function advance(declaration: StepDeclaration): Promise<StepEnd> {
    const { facts, source } = await run.survey.refresh(declaration)
    const known = new Map([...results].map(([name, artifact]) => [name, artifact.descriptor.digest]))
    const decision = decideWith(declaration, facts, known)
    if (decision.state === 'cached') {
      await reuse(declaration, decision.candidate, facts)
      keep(decision.candidate.artifacts)
      return 'done'
    }
    const stepRunId = run.stepRunIds[declaration.name] as string
    if (!isPlanned(declaration.name, decision.reasons)) {
      const reasons = await run.survey.explain(decision.reasons)
      queue.add(() => recorder.setReasons({ [stepRunId]: reasons }))
    }
    const missing = declaration.inputs.find((name) => !results.has(name))
    if (missing !== undefined) return refuse(declaration, missingInput(run.pipeline, missing))
    const inputs = declaration.inputs.map((name) => ({ name, digest: known.get(name) as Digest }))
    const ended = await run.inFlight.once(situationOf(facts, inputs, run.environment), stopped, (hold) =>
      // From here on nobody else begins this work; who did while the facts were gathered has recorded what it gave.
      run.survey.isBehind(facts) ? Promise.resolve(null) : execute(declaration, facts, source, hold),
    )
    // Another run was at the same work, or something has changed: it is looked at once more, and what another gave is
    // reused. If it gave nothing, this run tries.
    if (ended === null) return stopped.aborted ? 'canceled' : advance(declaration)
    return ended
  }

  async function reuse(declaration: StepDeclaration, candidate: StepRunCandidate, facts: StepFacts): Promise<void> {
    await use.sideFiles.restore(sideFiles(candidate, facts))
    const stepRunId = run.stepRunIds[declaration.name] as string
    queue.add(() =>
      recorder.stepCached(stepRunId, { reuses: candidate.id, savedMs: candidate.durationMs, reasons: [] }),
    )
  }

  /** Null when what it would run is not what stands there any more: nothing was run. */
  async function execute(
    declaration: StepDeclaration,
    facts: StepFacts,
    source: StepSource,
    hold: (until: Promise<unknown>) => void,
  ): Promise<StepEnd | null> {
    const { name } = declaration
    const sources = await recordSources(use.projectFolder, declaration.module, source, use.store, use.files)
    if (hasOtherPython(run)) return refuse(declaration, pythonGone(run.environment))
    // Edited between the two readings.
    if ((await run.survey.sourceOf(declaration)).digest !== source.digest) return null
    const edited = facts.candidates.flatMap((candidate) => changedSideFiles(candidate, facts))
    await use.sideFiles.rescue(edited)
    const settings = stepSettings(run.survey.settings, name)
    const step = {
      runId: run.runId,
      stepRunId: run.stepRunIds[name] as string,
      declaration,
      facts,
      settings,
      own: run.survey.own,
      logBytes: run.survey.settings.recording.keepLogBytes,
      datasets: run.survey.settings.datasets,
      alone: run.alone,
      source,
      sources,
      inputs: declaration.inputs.map((input) => ({ name: input, artifact: results.get(input) as NewArtifact })),
      environment: run.environment,
      pythonPath: run.pythonPath,
    }
    const result = await run.processors
      .use({ cpus: settings.cpus ?? 1, memoryBytes: settings.memoryBytes }, stopped, () =>
        executeStep(step, use, stopped),
      )
      .catch((error: unknown): StepResult => {
        if (stopped.aborted && error === stopped.reason) return { state: 'canceled' }
        throw error
      })
    if (result.state === 'completed') {
      hold(result.saved)
      keep(result.artifacts)
    }
    if (result.state === 'failed') failures.push({ step: name, failure: result.failure })
    await queue.room()
    return result.state === 'completed' ? 'done' : result.state
  }

  function isPlanned(step: string, reasons: readonly StaleReason[]): boolean {
    const planned = run.survey.plan.steps.find((one) => one.step === step)?.reasons
    return JSON.stringify(planned) === JSON.stringify(reasons)
  }

  function refuse(declaration: StepDeclaration, failure: StepFailure): StepEnd {
    const stepRunId = run.stepRunIds[declaration.name] as string
    const endedAt = new Date().toISOString()
    queue.add(() => recorder.stepFailed(stepRunId, { endedAt, durationMs: 0, failure, logDigest: null }))
    failures.push({ step: declaration.name, failure })
    return 'failed'
  }

  /** What the plan found cached holds before anything has run: all of it is recorded as one. */
  async function reusePlanned(): Promise<ReadonlySet<string>> {
    const planned = run.survey.plan.steps.flatMap(({ step, reuses }) => {
      const facts = run.survey.facts.get(step)
      const candidate = facts?.candidates.find(({ id }) => id === reuses)
      return facts && candidate ? [{ step, facts, candidate }] : []
    })
    for (const { candidate, facts } of planned) {
      const side = sideFiles(candidate, facts)
      if (side.length > 0) await use.sideFiles.restore(side)
    }
    if (stopped.aborted) return new Set()
    recorder.stepsCached(
      planned.map(({ step, candidate }) => ({
        stepRunId: run.stepRunIds[step] as string,
        reuses: candidate.id,
        savedMs: candidate.durationMs,
        reasons: [],
      })),
    )
    for (const { candidate } of planned) keep(candidate.artifacts)
    ended += planned.length
    return new Set(planned.map(({ step }) => step))
  }

  async function goThrough(): Promise<void> {
    announce()
    const reused = await reusePlanned()
    const left = run.order.filter(({ name }) => !reused.has(name))
    await schedule(
      left.map(({ name }) => ({
        name,
        needs: upstreamOf(run.pipeline, name).filter((need) => !reused.has(need)),
        cpus: stepSettings(run.survey.settings, name).cpus ?? 1,
      })),
      run.cpus,
      {
        async run(name) {
          running.add(name)
          announce()
          try {
            return await advance(run.order.find((step) => step.name === name) as StepDeclaration)
          } catch (error) {
            halt.abort()
            throw error
          } finally {
            running.delete(name)
            ended++
            announce()
          }
        },
        skip(name) {
          queue.add(() => recorder.stepSkipped(run.stepRunIds[name] as string))
          ended++
        },
      },
      stopped,
    )
  }

  try {
    await goThrough()
    await queue.drain()
  } finally {
    // A failure on the way is the one to tell of; what was recorded before it stays.
    await queue.drain().catch(() => undefined)
    shared.knownImports.save()
    await staging.end().catch(() => undefined)
    await group.end()
  }
  return describeEnd(run.runId, failures, signal)
}

function describeEnd(
  runId: string,
  failures: readonly { readonly step: string; readonly failure: StepFailure }[],
  signal: AbortSignal,
): RunEnd {
  const first = failures[0]
  if (signal.aborted) return { state: 'canceled', failure: describeCancel(runId, signal) }
  if (first === undefined) return { state: 'completed', failure: null }
  const { remedy } = first.failure
  return {
    state: 'failed',
    failure: describeFailure(
      fail('execution/stepFailed', { step: first.step, message: problemOf(first.failure), remedy }),
    ),
  }
}

/** Who cancels may say why: then that is what is recorded. */
export function describeCancel(runId: string, { reason }: AbortSignal): DescribedFailure {
  return describeFailure(isFailure(reason) ? reason : fail('execution/canceled', { what: `Run ${runId}` }))
}

/** True when another interpreter stands where the run's own was, or none. */
function hasOtherPython({ environment, pythonPath }: StepsToRun): boolean {
  const found = interpreterDigest(pythonPath)
  return found === null || (environment.interpreter !== undefined && found !== environment.interpreter)
}

function pythonGone({ python }: Environment): StepFailure {
  const { message, remedy } = describeFailure(fail('environments/interpreterGone', { python }))
  return { kind: 'exited', message, remedy, exceptionType: null, frames: [], exitCode: null, signal: null }
}

function missingInput(pipeline: Pipeline, artifact: string): StepFailure {
  const maker = makerOf(pipeline, artifact)?.name ?? 'the step before'
  return {
    kind: 'input',
    message: `Its input "${artifact}" is not there: step "${maker}" returned nothing under that name.`,
    remedy: `Return a value from ${maker}.`,
    exceptionType: null,
    frames: [],
    exitCode: null,
    signal: null,
  }
}
