import type { Artifact } from '../domain/artifact.ts'
import type { Descriptor } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import { parseSignature } from '../domain/served-model.ts'
import type { Signature } from '../domain/signature.ts'

/** A model artifact taken apart: its forms, and what the exporter said of it. */
export type ModelArtifact = {
  readonly native: Descriptor
  readonly onnx: Descriptor | null
  /** Why there is no ONNX form. */
  readonly onnxRefusal: string
  readonly signature: Signature | null
}

const containers = /^(builtins\.)?(dict|list|tuple|set)$/

/** @throws models/notAModel when it is anything but one model */
export function readModelArtifact(artifact: Artifact, reference: string): ModelArtifact {
  if (artifact.kind !== 'model') throw fail('models/notAModel', { artifact: reference, reason: describeKind(artifact) })
  const part = (name: string) => artifact.parts.find((one) => one.name === name)?.descriptor ?? null
  const refusal = artifact.summary.onnxRefusal
  return {
    native: part('native') ?? artifact.descriptor,
    onnx: part('onnx'),
    onnxRefusal: typeof refusal === 'string' ? refusal : 'it was stored without an ONNX form',
    signature: readSignature(artifact, reference),
  }
}

function readSignature(artifact: Artifact, reference: string): Signature | null {
  const { signature } = artifact.summary
  if (signature === undefined || signature === null) return null
  try {
    return parseSignature(signature)
  } catch (error) {
    throw fail('models/notAModel', { artifact: reference, reason: `its ${(error as Error).message}` })
  }
}

function describeKind(artifact: Artifact): string {
  if (artifact.kind === 'entries' || containers.test(artifact.pythonType))
    return 'it is a container that may hold models; give the chosen model an output of its own'
  return `it is of kind "${artifact.kind}" (${artifact.pythonType}), not a model`
}
