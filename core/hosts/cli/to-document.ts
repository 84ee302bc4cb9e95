import type { Artifact } from '../../domain/artifact.ts'
import type { DatasetEntry, DatasetVersionDetail } from '../../domain/dataset.ts'
import type { Image } from '../../domain/image.ts'
import type { ModelVersion } from '../../domain/model.ts'
import { describeEffect, type Observation, warningsOf } from '../../domain/observation.ts'
import type { Parity } from '../../domain/parity.ts'
import type { PlannedStep } from '../../domain/reason.ts'
import type { Run, RunDetail, StepRun } from '../../domain/run.ts'

/** The documents of --json. Scripts rely on these names: a member is added, never renamed. */

export function toRunDocument(run: Run) {
  const { id, experiment, state, startedAt, endedAt, durationMs, params, metrics, tags, failure } = run
  return { id, state, startedAt, endedAt, durationMs, experiment, params, metrics, tags, failure }
}

export function toStepDocument(stepRun: StepRun, observed?: Observation) {
  return {
    step: stepRun.step,
    state: stepRun.state,
    durationMs: 'durationMs' in stepRun ? stepRun.durationMs : null,
    reasons: stepRun.reasons,
    id: stepRun.id,
    ...('reuses' in stepRun ? { reuses: stepRun.reuses, savedMs: stepRun.savedMs } : {}),
    ...('failure' in stepRun ? { failure: stepRun.failure } : {}),
    ...(observed ? { observed, warnings: warningsOf(observed) } : {}),
  }
}

export function toArtifactDocument(artifact: Artifact) {
  const { name, step, kind, descriptor, pythonType, runsCodeWhenLoaded, parts, summary } = artifact
  return { name, step, ...descriptor, kind, pythonType, runsCodeWhenLoaded, parts, summary }
}

export function toRunDetailDocument(detail: RunDetail) {
  return {
    run: toRunDocument(detail.run),
    steps: detail.steps.map((step) => toStepDocument(step, detail.observed[step.step])),
    artifacts: detail.artifacts.map(toArtifactDocument),
  }
}

export function toPlanDocument(step: PlannedStep) {
  const warnings = (step.effects ?? []).map(describeEffect)
  return { step: step.step, state: step.state, reasons: step.reasons, savedMs: step.savedMs, warnings }
}

export function toModelDocument(model: ModelVersion) {
  return {
    ...model,
    signature: model.signature && {
      ...model.signature,
      inputs: model.signature.inputs.map(({ name, type, shape, ...more }) => ({ name, type, shape, ...more })),
    },
  }
}

export function toParityDocument(parity: Parity | null) {
  if (parity === null) return null
  const { first, ...rest } = parity
  return first === null ? rest : { ...rest, first }
}

export function toImageDocument(image: Image) {
  const { manifestDigest, imageId, platform, runtime, sizeBytes, layers, parity, ...more } = image
  return { manifestDigest, imageId, platform, runtime, sizeBytes, layers, ...more, parity: toParityDocument(parity) }
}

export function toDatasetDocument({ newest, ...entry }: DatasetEntry) {
  const {
    digest = null,
    rows = null,
    columns = null,
    version = null,
    sizeBytes = null,
    fileCount = null,
  } = newest ?? {}
  const { format = null, keptCount = null, at = null, runId = null } = newest ?? {}
  const { name, path, licence, origin, purpose, ...more } = entry
  const facts = { version, format, sizeBytes, fileCount, keptCount, at, runId }
  return { name, path, digest, rows, columns, licence, origin, purpose, ...facts, ...more }
}

export function toDatasetVersionDocument(dataset: DatasetVersionDetail) {
  const { name, path, digest, rows, columns, licence, origin, purpose, ...more } = dataset
  return { name, path, digest, rows, columns, licence, origin, purpose, ...more }
}
