import { rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { mediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { describeFailure, type Failure, fail, isFailure } from '../domain/failure.ts'
import type { StepDeclaration } from '../domain/pipeline.ts'
import type { Dataset } from '../domain/project.ts'
import type { StepFailure } from '../domain/run.ts'
import type { StepSource } from '../project/opened-project.ts'
import type { StepSettings } from '../project/project-settings.ts'
import type { Store } from '../store/store.ts'
import { ownIdentity } from '../tracking/process-identity.ts'
import type { Recorder } from '../tracking/recorder.ts'
import type { NewArtifact, RecordedArtifact, SourceFile } from '../tracking/run-records.ts'
import { cacheKeyOf, keyedObservation, pythonKey } from './cache-key.ts'
import { datasetFiles } from './dataset-files.ts'
import { type FileDigests, fileClockMs } from './file-digests.ts'
import type { KeptInputs } from './kept-inputs.ts'
import type { Kernel, StepOutcome } from './kernel.ts'
import type { KnownImports } from './known-imports.ts'
import { observeStep } from './observe-step.ts'
import { metricsOfOutputs } from './output-metrics.ts'
import type { StepFacts } from './plan-run.ts'
import { publishOutputs } from './publish-outputs.ts'
import type { RecordQueue } from './record-queue.ts'
import { recordImports } from './recorded-sources.ts'
import type { SideFiles } from './side-files.ts'
import type { StagingFolder, StagingFolders } from './staging-folders.ts'
import { createStepEnvironment, describeVariables, withVariablesNotGiven } from './step-environment.ts'
import { toStepInput } from './step-input.ts'
import type { StepMessage, StepRequest } from './step-protocol.ts'

export type StepToRun = {
  readonly runId: string
  readonly stepRunId: string
  readonly declaration: StepDeclaration
  readonly facts: StepFacts
  readonly settings: StepSettings
  /** The variables that core itself was started with. */
  readonly own: Readonly<Record<string, string | undefined>>
  /** How much of its log is kept. */
  readonly logBytes: number
  /** Those that slipway.toml declares. */
  readonly datasets: readonly Dataset[]
  /** False while other runs go at the same time, which may write the same files in the project. */
  readonly alone: boolean
  readonly source: StepSource
  /** The modules that `source` was read from, as they were stored. */
  readonly sources: readonly SourceFile[]
  readonly inputs: readonly { readonly name: string; readonly artifact: RecordedArtifact | NewArtifact }[]
  readonly environment: Environment
  readonly pythonPath: string
}

export type StepRunner = {
  readonly kernel: Kernel
  readonly store: Store
  readonly recorder: Recorder
  readonly queue: RecordQueue
  readonly staging: StagingFolders
  readonly files: FileDigests
  readonly sideFiles: SideFiles
  readonly keptInputs: KeptInputs
  readonly knownImports: KnownImports
  /** Absolute. */
  readonly projectFolder: string
  readonly logFile: (stepRunId: string) => string
}

export type StepResult =
  | {
      readonly state: 'completed'
      readonly artifacts: readonly NewArtifact[]
      /** When it is durable; until then its values can be read, from the group of puts. */
      readonly saved: Promise<void>
    }
  | { readonly state: 'failed'; readonly failure: StepFailure }
  | { readonly state: 'canceled' }

/** Runs one step, puts what it gave and queues the record of how it ended. Nothing half-done is ever recorded. */
export async function executeStep(step: StepToRun, use: StepRunner, signal: AbortSignal): Promise<StepResult> {
  const staging = await use.staging.take()
  const logFile = use.logFile(step.stepRunId)
  const halt = new AbortController()
  let isEnded = false
  try {
    const request = prepareRequest(step, use, staging)
    const startedAtMs = fileClockMs(staging.folder)
    const recording = createRecording(step, use, () => halt.abort())
    const environment = createStepEnvironment({
      step: step.declaration.name,
      stepRunId: step.stepRunId,
      pythonPath: step.pythonPath,
      own: step.own,
      declared: step.settings.environment,
      cpus: step.settings.cpus,
    })
    const outcome = await use.kernel.runStep(
      {
        stepRunId: step.stepRunId,
        pythonPath: step.pythonPath,
        request,
        environment,
        logFile,
        logBytes: step.logBytes,
        lock: step.environment.lockDigest,
        limits: { memoryBytes: step.settings.memoryBytes, timeMs: step.settings.timeMs },
      },
      recording.listener,
      AbortSignal.any([signal, halt.signal]),
    )
    isEnded = outcome.survivors.length === 0
    await recording.finish()
    const platform = { ...outcome.platform, ...describeVariables(environment) }
    const observed = withVariablesNotGiven(outcome.observed, step.own)
    return await recordOutcome(step, use, { ...outcome, observed, platform }, request.stagingFolder, startedAtMs)
  } finally {
    use.queue.alongside(isEnded ? use.staging.giveBack(staging) : use.staging.remove(staging))
  }
}

function prepareRequest(step: StepToRun, use: StepRunner, staging: StagingFolder): StepRequest {
  const { declaration } = step
  return {
    protocol: 1,
    projectFolder: use.projectFolder,
    module: declaration.module,
    step: declaration.name,
    inputs: step.inputs.map(({ name, artifact }) => toStepInput(name, artifact, use.store)),
    params: step.facts.params,
    outputs: declaration.outputs,
    outputsDeclared: declaration.outputsDeclared,
    stagingFolder: staging.outputs,
    scratchFolder: staging.scratch,
  }
}

/** Passes on what the process says. A record that cannot be written ends the process, and the run with it. */
function createRecording(step: StepToRun, use: StepRunner, halt: () => void) {
  const { recorder, queue } = use
  const { runId, stepRunId, declaration } = step
  let problem: { readonly error: unknown } | null = null
  let written: Promise<unknown> | null = null
  const stopFor = (error: unknown) => {
    problem ??= { error }
    halt()
  }
  const guarded = (work: () => void) => {
    if (problem !== null) return
    try {
      work()
    } catch (error) {
      stopFor(error)
    }
  }
  return {
    /** Writes what is left. @throws whatever a record could not be written for */
    async finish() {
      if (written !== null) recorder.flushMetrics()
      await written
      if (problem !== null) throw problem.error
    },
    listener: {
      onProcess({ pid }: { pid: number }) {
        const start = {
          startedAt: new Date().toISOString(),
          pid,
          owner: ownIdentity(),
          module: declaration.module,
          params: step.facts.params,
          sourceDigest: step.source.digest,
          sources: step.sources,
          environment: step.environment,
        }
        queue.add(() => recorder.stepStarted(stepRunId, start))
      },
      onMessage: (message: StepMessage) =>
        guarded(() => {
          if (message.event === 'metrics') {
            const series = message.series.map((one) => ({ ...one, key: `${declaration.name}.${one.key}` }))
            // They are written in the order in which they came: the last one stands for all.
            written = recorder.queueMetrics(runId, series).catch(stopFor)
          } else if (message.event === 'param')
            recorder.setParam(runId, `${declaration.name}.${message.key}`, message.value)
        }),
      onNote: (text: string) =>
        guarded(() =>
          recorder.announceLog({ runId, step: declaration.name, stream: 'stderr', text: `Slipway: ${text}\n` }),
        ),
      onLog: (stream: 'stdout' | 'stderr', text: string) =>
        guarded(() => recorder.announceLog({ runId, step: declaration.name, stream, text })),
    },
  }
}

async function recordOutcome(
  step: StepToRun,
  use: StepRunner,
  outcome: StepOutcome,
  stagingFolder: string,
  startedAtMs: number,
): Promise<StepResult> {
  const { recorder, queue, store } = use
  const { stepRunId } = step
  const { endedAt, durationMs } = outcome
  const span = { fromMs: startedAtMs, toMs: fileClockMs(stagingFolder) }
  const seen = await observeStep(outcome, use.files, span, step.sources, () =>
    datasetFiles(use.projectFolder, step.datasets),
  )
  const inputs = step.inputs.map(({ name, artifact }) => ({ name, digest: artifact.descriptor.digest }))
  const logDigest = await storeLog(use.logFile(stepRunId), store)
  const observed = outcome.observed === null ? undefined : seen.observation
  if (outcome.state !== 'completed') {
    const { failure } = outcome
    const end = { endedAt, durationMs, failure, logDigest, observed, inputs }
    if (outcome.state === 'canceled' || failure === null) {
      queue.add(() => recorder.stepCanceled(stepRunId, end))
      return { state: 'canceled' }
    }
    queue.add(() => recorder.stepFailed(stepRunId, end))
    return { state: 'failed', failure }
  }
  const refused = (failure: StepFailure): StepResult => {
    const end = { endedAt, durationMs, failure, logDigest, observed, inputs }
    queue.add(() => recorder.stepFailed(stepRunId, end))
    return { state: 'failed', failure }
  }
  const hurt = await findHurtBlobs(outcome.observed?.ownWrites ?? [], use)
  if (hurt.length > 0) {
    await store.moveToTrash(hurt)
    return refused(describeRefusal(fail('execution/storeOverwritten', { digests: hurt })))
  }
  let artifacts: readonly NewArtifact[]
  try {
    artifacts = await publishOutputs(outcome.outputs, stagingFolder, store)
  } catch (error) {
    if (!isFailure(error, 'execution/outputRefused')) throw error
    return refused(describeRefusal(error))
  }
  const side = await use.sideFiles.record(seen.observation)
  const certain = seen.certain && (step.alone || side.length === 0)
  await recordImports(use.projectFolder, seen.observation, step.sources, store)
  await use.keptInputs.keep(step.runId, seen.observation)
  if (outcome.observed) use.knownImports.note(step.environment.lockDigest, step.declaration.name, outcome.observed)
  const completion = {
    endedAt,
    durationMs,
    peakMemoryBytes: outcome.observed?.peakMemoryBytes ?? null,
    cacheKey: certain ? keyOf(step, seen.observation, inputs) : null,
    observed: seen.observation,
    artifacts: [...artifacts, ...side],
    inputs,
    environment: step.environment,
    logDigest,
    metrics: await metricsOfOutputs(artifacts, store, endedAt),
  }
  const saved = queue.add(() => recorder.stepCompleted(stepRunId, completion))
  return { state: 'completed', artifacts, saved }
}

function keyOf(
  step: StepToRun,
  observation: Parameters<typeof keyedObservation>[0],
  inputs: readonly { readonly name: string; readonly digest: Digest }[],
): Digest {
  return cacheKeyOf({
    source: step.source.digest,
    params: step.facts.params,
    inputs,
    ...keyedObservation(observation, step.facts.coveredModules),
    lock: step.environment.lockDigest,
    python: pythonKey(step.environment),
  })
}

/** Stored values that the step wrote over, though they are read-only. */
async function findHurtBlobs(written: readonly string[], { store, files }: StepRunner): Promise<readonly Digest[]> {
  const named = written.map((path) => `sha256:${basename(path)}`).filter(isDigest)
  const hurt = await Promise.all(
    [...new Set(named)].map(async (digest) => (await files.digestOf(store.pathOf(digest))) !== digest),
  )
  return [...new Set(named)].filter((_, index) => hurt[index])
}

function describeRefusal(error: Failure): StepFailure {
  const { message, remedy } = describeFailure(error)
  return { kind: 'output', message, remedy, exceptionType: null, frames: [], exitCode: 0, signal: null }
}

/** A log that cannot be stored stays where it is, and is read from there. */
async function storeLog(file: string, store: Store): Promise<Digest | null> {
  if (statSync(file).size > 0) return (await store.putFile(file, mediaTypes.text, { move: true })).digest
  rmSync(file, { force: true })
  return null
}
