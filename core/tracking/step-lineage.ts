import { createHash } from 'node:crypto'
import type { Digest } from '../domain/digest.ts'
import { parseDigest, shortDigest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { LineageEdge } from '../domain/lineage.ts'
import type { Observation } from '../domain/observation.ts'
import { lineageIds, type NewLineageNode } from '../lineage/lineage.ts'
import type { NewArtifact, SourceFile, StepInputUse } from './run-records.ts'

export type StepFacts = {
  readonly runId: string
  readonly stepRunId: string
  readonly step: string
  readonly at: string
  readonly params: Readonly<Record<string, JsonValue>>
  readonly sources: readonly SourceFile[]
  readonly inputs: readonly StepInputUse[]
  readonly environment: Environment | null
  readonly observed: Observation | null
  readonly artifacts: readonly Pick<NewArtifact, 'name' | 'descriptor' | 'kind' | 'parts'>[]
}

/** Everything that a step run used and gave, as nodes and edges. The same words for an executed and a cached one. */
export function toStepLineage(facts: StepFacts): {
  readonly nodes: readonly NewLineageNode[]
  readonly edges: readonly LineageEdge[]
} {
  const { runId, step, at, observed } = facts
  const self = lineageIds.stepRun(facts.stepRunId)
  const nodes: NewLineageNode[] = [{ id: self, kind: 'stepRun', digest: null, name: step, at, runId }]
  const edges: LineageEdge[] = [{ from: lineageIds.run(runId), to: self, kind: 'generated' }]
  const uses = (node: NewLineageNode) => {
    nodes.push(node)
    edges.push({ from: node.id, to: self, kind: 'used' })
  }
  const gives = (node: NewLineageNode) => {
    nodes.push(node)
    edges.push({ from: self, to: node.id, kind: 'generated' })
  }

  for (const { path, digest } of allSources(facts)) {
    uses({ id: lineageIds.source(path, digest), kind: 'source', digest, name: path, at: null })
  }
  for (const { path, digest } of withDigest(observed?.filesRead ?? [])) {
    uses({ id: lineageIds.file(path, digest), kind: 'file', digest, name: path, at: null })
  }
  if (facts.environment) uses(environmentNode(facts.environment))
  if (Object.keys(facts.params).length > 0) {
    const digest = digestOfJson(facts.params)
    uses({ id: lineageIds.params(digest), kind: 'params', digest, name: canonicalJson(facts.params), at: null })
  }
  for (const { name, digest } of facts.inputs) uses(artifactNode(name, digest, null))
  for (const { path, digest } of withDigest(observed?.filesWritten ?? [])) {
    gives({ id: lineageIds.file(path, digest), kind: 'file', digest, name: path, at })
  }
  for (const { name, descriptor, kind, parts } of facts.artifacts) {
    gives(artifactNode(name, descriptor.digest, at))
    // A model goes on as one of its forms, so each form is to be found; the files of a folder are not.
    if (kind !== 'model') continue
    for (const part of parts) {
      if (part.descriptor.digest === descriptor.digest) continue
      gives(artifactNode(`${name}/${part.name}`, part.descriptor.digest, at))
      edges.push({
        from: lineageIds.artifact(part.descriptor.digest),
        to: lineageIds.artifact(descriptor.digest),
        kind: 'used',
      })
    }
  }
  return { nodes, edges }
}

export function environmentNode(environment: Environment): NewLineageNode {
  const digest = environmentDigest(environment)
  const { implementation, python, interpreter } = environment
  const name = `${implementation} ${python}${interpreter ? ` (${shortDigest(interpreter)})` : ''}`
  return { id: lineageIds.environment(digest), kind: 'environment', digest: environment.lockDigest, name, at: null }
}

const digests = new WeakMap<Environment, Digest>()

/** Of the whole environment, interpreter and platform included; its lock has a digest of its own. */
export function environmentDigest(environment: Environment): Digest {
  const digest = digests.get(environment) ?? digestOfJson(environment)
  digests.set(environment, digest)
  return digest
}

function artifactNode(name: string, digest: Digest, at: string | null): NewLineageNode {
  return { id: lineageIds.artifact(digest), kind: 'artifact', digest, name, at }
}

/** Known before it ran, and seen while it ran. */
function allSources({ sources, observed }: StepFacts): readonly SourceFile[] {
  return [
    ...new Map(
      [...sources, ...(observed?.modules ?? [])].map((file) => [`${file.path} ${file.digest}`, file]),
    ).values(),
  ]
}

function withDigest(files: readonly { readonly path: string; readonly digest: Digest | null }[]) {
  return files.filter((file): file is SourceFile => file.digest !== null)
}

function digestOfJson(value: unknown): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`)
}
