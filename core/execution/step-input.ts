import type { Store } from '../store/store.ts'
import type { NewArtifact, RecordedArtifact } from '../tracking/run-records.ts'
import type { StepInput } from './step-protocol.ts'

/** An artifact as a step process loads it: where its bytes lie, and what is needed to turn them back. */
export function toStepInput(name: string, artifact: RecordedArtifact | NewArtifact, store: Store): StepInput {
  return {
    name,
    digest: artifact.descriptor.digest,
    kind: artifact.kind,
    mediaType: artifact.descriptor.mediaType,
    pythonType: artifact.pythonType,
    file: store.pathOf(artifact.descriptor.digest),
    parts: artifact.parts.map((part) => ({
      name: part.name,
      mediaType: part.descriptor.mediaType,
      file: store.pathOf(part.descriptor.digest),
    })),
    summary: artifact.summary,
  }
}
