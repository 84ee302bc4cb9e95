import type { Artifact } from '../domain/artifact.ts'
import { type Descriptor, mediaTypes } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import { parseSignature } from '../domain/served-model.ts'
import type { Signature } from '../domain/signature.ts'

/** A model artifact taken apart: its forms, and what the exporter said of it. */
export type ModelArtifact = {
  readonly native: Descriptor
  readonly onnx: Descriptor | null
  /** Why there is no ONNX form. */
  readonly onnxReason: string
  readonly signature: Signature | null
}

const containers = /^builtins\.(dict|list|tuple|set)$/

/** @throws models/notAModel when it is anything but one model */
export function readModelArtifact(artifact: Artifact, reference: string): ModelArtifact {
  if (artifact.kind !== 'model') throw fail('models/notAModel', { artifact: reference, reason: describeKind(artifact) })
  const onnx =
    artifact.descriptor.mediaType === mediaTypes.onnx
      ? artifact.descriptor
      : (artifact.parts.find((part) => part.descriptor.mediaType === mediaTypes.onnx)?.descriptor ?? null)
  const native =
    artifact.parts.find((part) => part.descriptor.mediaType !== mediaTypes.onnx)?.descriptor ?? artifact.descriptor
  const reason = artifact.summary.onnxReason
  return {
    native,
    onnx,
    onnxReason: typeof reason === 'string' ? reason : 'the model was stored without an ONNX form',
    signature: readSignature(artifact),
  }
}

function readSignature(artifact: Artifact): Signature | null {
  const { signature } = artifact.summary
  if (signature === undefined || signature === null) return null
  try {
    return parseSignature(signature)
  } catch (error) {
    throw fail('models/notAModel', { artifact: artifact.name, reason: `its ${(error as Error).message}` })
  }
}

function describeKind(artifact: Artifact): string {
  if (artifact.kind === 'entries' || containers.test(artifact.pythonType))
    return 'it is a container that may hold models; give the chosen model an output of its own'
  return `it is of kind "${artifact.kind}" (${artifact.pythonType}), not a model`
}
