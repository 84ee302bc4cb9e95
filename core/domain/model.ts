import type { Descriptor } from './descriptor.ts'
import type { Digest } from './digest.ts'
import type { Parity } from './parity.ts'
import type { Signature } from './signature.ts'

export type Approval = {
  readonly state: 'approved' | 'rejected'
  readonly by: string
  readonly at: string
  readonly note: string
  /** The model digest it binds to. */
  readonly modelDigest: Digest
  /** Digest of the evidence as it was when the decision was taken. */
  readonly evidenceDigest: Digest
  /** Null while it holds; otherwise what changed since, in words. */
  readonly stale: string | null
}

/** Whether ONNX says the same as the native model, on the recorded rows. */
export type OnnxState =
  | { readonly state: 'equal'; readonly descriptor: Descriptor; readonly parity: Parity }
  | { readonly state: 'unproved'; readonly descriptor: Descriptor; readonly reason: string }
  | { readonly state: 'differs'; readonly descriptor: Descriptor; readonly parity: Parity }
  | { readonly state: 'absent'; readonly reason: string }

export type ModelVersion = {
  readonly name: string
  readonly version: number
  readonly digest: Digest
  readonly runId: string
  readonly step: string
  readonly artifact: string
  readonly pythonType: string
  readonly registeredAt: string
  readonly registeredBy: string
  readonly signature: Signature | null
  readonly onnx: OnnxState
  readonly native: Descriptor
  readonly predictionsDigest: Digest | null
  readonly aliases: readonly string[]
  readonly approval: Approval | null
}

export type RegisteredModel = { readonly name: string; readonly versions: readonly ModelVersion[] }

/** What the approver sees, frozen: its canonical JSON is stored and its digest bound to the approval. */
export type Evidence = {
  readonly model: { readonly name: string; readonly version: number; readonly digest: Digest }
  readonly run: { readonly id: string; readonly startedAt: string; readonly gitCommit: string | null }
  readonly metrics: Readonly<Record<string, number | string>>
  readonly params: Readonly<Record<string, unknown>>
  readonly sources: readonly { readonly path: string; readonly digest: Digest }[]
  readonly data: readonly {
    readonly path: string
    readonly digest: Digest
    readonly origin: string | null
    readonly licence: string | null
  }[]
  readonly lockDigest: Digest | null
  readonly python: string | null
  readonly signature: Signature | null
  readonly onnx: OnnxState
}
