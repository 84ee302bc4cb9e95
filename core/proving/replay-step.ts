import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { StepFailure } from '../domain/run.ts'
import { variableDigest } from '../execution/cache-key.ts'
import type { Kernel, StepLimits } from '../execution/kernel.ts'
import { metricsOfOutputs } from '../execution/output-metrics.ts'
import { publishOutputs } from '../execution/publish-outputs.ts'
import { createStepEnvironment, isResultVariable, restoreVariables } from '../execution/step-environment.ts'
import { toStepInput } from '../execution/step-input.ts'
import type { StepRequest } from '../execution/step-protocol.ts'
import type { StepSettings } from '../project/project-settings.ts'
import { createStore } from '../store/create-store.ts'
import type { Store } from '../store/store.ts'
import { toPoint as pointOf } from '../tracking/metric-series.ts'
import { newId } from '../tracking/new-id.ts'
import type { MetricValue, NewArtifact } from '../tracking/run-records.ts'
import { type Conditions, underConditions, withVariables } from './conditions.ts'
import type { StepToProve } from './plan-proof.ts'
import { restoreProject } from './restore-project.ts'

/** One point of a metric's history, as far as it belongs to the result: not when it was logged. */
export type ReplayedPoint = { readonly value: MetricValue; readonly iteration: number | null }

export type Replay = {
  readonly failure: StepFailure | null
  readonly artifacts: readonly NewArtifact[]
  /** Histories by their whole key. */
  readonly metrics: ReadonlyMap<string, readonly ReplayedPoint[]>
  /** Holds the bytes of `artifacts`; apart from the project's own. */
  readonly store: Store
  /** The restored project, as the step left it. */
  readonly projectFolder: string
  readonly durationMs: number
}

export type ReplayUse = {
  readonly kernel: Kernel
  readonly store: Store
  /** Absolute: the project that the run belongs to. */
  readonly projectFolder: string
  readonly settings: (step: string) => Promise<StepSettings>
  readonly signal: AbortSignal
}

/**
 * Executes a recorded step run once more, in an empty folder that gets its recorded modules and files, on its recorded
 * inputs, under the recorded conditions but for those given.
 * @param folder absolute, not there yet; everything of this replay lies in it
 */
export async function replayStep(
  step: StepToProve,
  pythonPath: string,
  folder: string,
  use: ReplayUse,
  conditions: Conditions = {},
): Promise<Replay> {
  const [projectFolder, stagingFolder, scratchFolder] = ['project', 'outputs', 'scratch'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  for (const each of [projectFolder, stagingFolder, scratchFolder]) await mkdir(each, { recursive: true, mode: 0o700 })
  await restoreProject(step, projectFolder, use)
  for (const digest of step.inputs.flatMap(({ artifact }) => digestsOf(artifact))) await verify(digest, use.store)
  const stepRunId = `prove-${newId(12)}`
  const settings = await use.settings(step.step)
  const request: StepRequest = {
    protocol: 1,
    projectFolder,
    module: step.candidate.module,
    step: step.step,
    inputs: step.inputs.map(({ name, artifact }) => toStepInput(name, artifact, use.store)),
    params: step.candidate.params,
    outputs: step.outputs,
    outputsDeclared: step.outputsDeclared,
    stagingFolder,
    scratchFolder,
  }
  const logged: (ReplayedPoint & { readonly key: string })[] = []
  const limits: StepLimits = { memoryBytes: settings.memoryBytes, timeMs: timeFor(step, settings, conditions) }
  const outcome = await use.kernel.runStep(
    {
      stepRunId,
      pythonPath,
      request: await underConditions(request, conditions),
      environment: withVariables(recordedEnvironment(step, stepRunId, pythonPath, settings), conditions),
      logFile: join(folder, 'step.log'),
      limits,
      fresh: true,
    },
    {
      onMessage(message) {
        if (message.event !== 'metrics') return
        for (const series of message.series)
          for (const index of series.values.keys())
            logged.push({ key: `${step.step}.${series.key}`, ...toPoint(pointOf(series, index)) })
      },
    },
    use.signal,
  )
  if (outcome.state === 'canceled') throw fail('execution/canceled', { what: `Proving step ${step.step}` })
  const store = await createStore(join(folder, 'store'))
  const base = { store, projectFolder, durationMs: outcome.durationMs, failure: outcome.failure }
  if (outcome.state === 'failed') return { ...base, artifacts: [], metrics: new Map() }
  const outputs = await publishOutputs(outcome.outputs, stagingFolder, store)
  const side = await storeSideFiles(outcome.observed?.filesWritten ?? [], projectFolder, store)
  const points = [...logged, ...(await metricsOfOutputs(outputs, store, ''))]
  const histories = Map.groupBy(points, ({ key }) => key)
  const metrics = new Map([...histories].map(([key, all]) => [key, all.map(toPoint)]))
  await rm(scratchFolder, { recursive: true, force: true })
  return { ...base, artifacts: [...outputs, ...side], metrics }
}

/** A changed condition, a clock above all, may make a step wait for ever; a trial that takes too long has failed. */
function timeFor(step: StepToProve, { timeMs }: StepSettings, conditions: Conditions): number | null {
  if (Object.keys(conditions).length === 0) return timeMs
  return Math.min(timeMs ?? Number.POSITIVE_INFINITY, Math.max(60_000, 10 * step.candidate.durationMs))
}

export function toPoint({ value, iteration }: ReplayedPoint): ReplayedPoint {
  return { value, iteration }
}

export function digestsOf({ descriptor, parts }: Pick<NewArtifact, 'descriptor' | 'parts'>): readonly Digest[] {
  return [descriptor.digest, ...parts.map((part) => part.descriptor.digest)]
}

/** Reads it whole once. @throws store/blobMissing, store/blobHurt */
export async function verify(digest: Digest, store: Store): Promise<void> {
  await store.readRange(digest, 0, 0)
}

/** @throws proving/variableChanged when one that the step read is not what it was */
function recordedEnvironment(step: StepToProve, stepRunId: string, pythonPath: string, settings: StepSettings) {
  const { observed } = step.candidate
  const now = createStepEnvironment({
    step: step.step,
    stepRunId,
    pythonPath,
    own: process.env,
    declared: settings.environment,
    cpus: settings.cpus,
  })
  const environment = restoreVariables(now, observed.platform)
  for (const { name, valueDigest } of observed.variables) {
    if (!isResultVariable(name) || variableDigest(environment[name]) === valueDigest) continue
    throw fail('proving/variableChanged', { step: step.step, variable: name, wasSet: valueDigest !== null })
  }
  return environment
}

async function storeSideFiles(
  paths: readonly string[],
  projectFolder: string,
  store: Store,
): Promise<readonly NewArtifact[]> {
  const artifacts: NewArtifact[] = []
  for (const path of paths) {
    const descriptor = await store.putFile(join(projectFolder, path), mediaTypes.bytes)
    const facts = {
      kind: 'file',
      parts: [],
      pythonType: 'pathlib.Path',
      runsCodeWhenLoaded: false,
      summary: {},
    } as const
    artifacts.push({ name: path, role: 'side', descriptor, ...facts })
  }
  return artifacts
}
