import type { Digest } from './digest.ts'

export type LineageNodeKind =
  | 'source'
  | 'file'
  | 'environment'
  | 'params'
  | 'stepRun'
  | 'artifact'
  | 'run'
  | 'proof'
  | 'modelVersion'
  | 'gateResult'
  | 'approval'
  | 'image'
  | 'push'

/** `id` is `KIND:KEY`, stable across machines: the key is a digest, a run id or a reference. */
export type LineageNode = {
  readonly id: string
  readonly kind: LineageNodeKind
  readonly digest: Digest | null
  readonly name: string | null
  readonly at: string | null
  /** What a deleted run did, or what such runs alone made; absent of all else. */
  readonly deleted?: boolean
}

/** Points from cause to effect. */
export type LineageEdge = { readonly from: string; readonly to: string; readonly kind: 'used' | 'generated' }

export type LineageGraph = { readonly nodes: readonly LineageNode[]; readonly edges: readonly LineageEdge[] }
export type LineageDirection = 'up' | 'down' | 'both'
