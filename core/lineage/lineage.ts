import type { Digest } from '../domain/digest.ts'
import type { LineageDirection, LineageEdge, LineageGraph, LineageNode } from '../domain/lineage.ts'

/**
 * A node to record. `runId` ties it to one run (a step run, a model version made from that run): a walk upstream
 * through an artifact that several runs gave then stays on the path of that run.
 */
export type NewLineageNode = LineageNode & { readonly runId?: string | undefined }

/** A node that has the edges of `origin`, but that `cause` generated it. All but `node` are recorded already. */
export type LineageRepetition = { readonly origin: string; readonly node: NewLineageNode; readonly cause: string }

export type LineageStore = {
  /** Idempotent; joins the caller's transaction. Nodes that an edge names must be recorded before or with it. */
  record(nodes: readonly NewLineageNode[], edges: readonly LineageEdge[]): void
  /** Takes away what these runs did, and what nothing else used or gave. Joins the caller's transaction. */
  forgetRuns(runIds: readonly string[]): void
  /** Step runs that stand for earlier ones: they used and gave the same. Joins the caller's transaction. */
  repeat(repetitions: readonly LineageRepetition[]): void
  /**
   * Nodes that a reference names: a node id, a digest or unique prefix of one (8 or more hex digits), the key of a
   * node (`wine@3`), a run id or unique prefix (4 or more), `latest`; none of deleted runs.
   * @throws lineage/notFound, lineage/ambiguous, lineage/deleted
   */
  find(reference: string): readonly LineageNode[]
  /** Everything that led to it, that came of it, or both; `runId` keeps an artifact to one run. Bounded. */
  walk(reference: string, direction: LineageDirection, options?: WalkOptions): LineageGraph
}

/** `withDeleted` goes through what deleted runs did, too, and marks it; else it is as if they had not been. */
export type WalkOptions = {
  readonly runId?: string | undefined
  readonly limit?: number | undefined
  readonly withDeleted?: boolean | undefined
}

/** Ids of nodes, in one place so that everybody spells them alike. */
export const lineageIds = {
  /** One state of one module of the project. */
  source: (path: string, digest: Digest) => `source:${path}@${digest}`,
  file: (path: string, digest: Digest) => `file:${path}@${digest}`,
  environment: (digest: Digest) => `environment:${digest}`,
  params: (digest: Digest) => `params:${digest}`,
  stepRun: (id: string) => `stepRun:${id}`,
  artifact: (digest: Digest) => `artifact:${digest}`,
  run: (id: string) => `run:${id}`,
  proof: (runId: string, at: string) => `proof:${runId}@${at}`,
  modelVersion: (name: string, version: number) => `modelVersion:${name}@${version}`,
  gateResult: (key: string) => `gateResult:${key}`,
  approval: (key: string) => `approval:${key}`,
  image: (manifestDigest: Digest) => `image:${manifestDigest}`,
  push: (reference: string, manifestDigest: Digest) => `push:${reference}@${manifestDigest}`,
} as const
