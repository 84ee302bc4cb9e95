import { coversPath } from '../domain/dataset-path.ts'
import type { Digest } from '../domain/digest.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Evidence } from '../domain/model.ts'
import type { Dataset } from '../domain/project.ts'
import type { RunDetail } from '../domain/run.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'
import type { StoredVersion } from './model-store.ts'

export type EvidenceSource = {
  readonly version: StoredVersion
  readonly detail: RunDetail
  /** Every step run behind the run. */
  readonly candidates: readonly StepRunCandidate[]
  readonly datasets: readonly Dataset[]
}

/** What an approver sees, in an order that does not depend on when it is asked for. */
export function collectEvidence({ version, detail, candidates, datasets }: EvidenceSource): Evidence {
  const { run, git, environment } = detail
  return {
    model: { name: version.name, version: version.version, digest: version.digest },
    run: { id: run.id, startedAt: run.startedAt, gitCommit: git?.commit ?? null },
    metrics: run.metrics,
    params: run.params,
    sources: toSorted(candidates.flatMap((candidate) => candidate.sources)),
    data: toSorted(candidates.flatMap((candidate) => candidate.observed.filesRead)).map(({ path, digest }) => {
      const dataset = datasets.find((one) => coversPath(one.path, path))
      return { path, digest, origin: dataset?.origin ?? null, licence: dataset?.licence ?? null }
    }),
    lockDigest: environment?.lockDigest ?? null,
    python: environment?.python ?? null,
    signature: version.signature,
    onnx: version.onnx,
  }
}

type PathDigest = { readonly path: string; readonly digest: Digest }

/** Once each, by path. Files that were gone when they were hashed prove nothing and are left out. */
function toSorted(files: readonly { readonly path: string; readonly digest: Digest | null }[]): readonly PathDigest[] {
  const known = files.filter((file): file is PathDigest => file.digest !== null)
  const unique = new Map(known.map(({ path, digest }) => [`${path}\n${digest}`, { path, digest }]))
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

const partWords: { readonly [Part in keyof Evidence]: string } = {
  model: 'the model',
  run: 'the run',
  metrics: 'the metrics',
  params: 'the params',
  sources: 'the sources',
  data: 'the data or its terms',
  lockDigest: 'the environment lock',
  python: 'the interpreter',
  signature: 'the signature',
  onnx: 'the ONNX check',
}

/** What of the approved evidence is not as it was, in words; null when all of it is. */
export function describeEvidenceChange(then: Evidence, now: Evidence): string | null {
  const changed = (Object.keys(partWords) as (keyof Evidence)[]).filter(
    (part) => canonicalJson(then[part]) !== canonicalJson(now[part]),
  )
  if (changed.length === 0) return null
  const words = changed.map((part) => (part === 'data' ? describeDataChange(then.data, now.data) : partWords[part]))
  return `${words.join(', ')} changed since the decision`
}

function describeDataChange(then: Evidence['data'], now: Evidence['data']): string {
  const before = new Map(then.map((file) => [file.path, canonicalJson(file)]))
  const paths = now.filter((file) => before.get(file.path) !== canonicalJson(file)).map((file) => file.path)
  return paths.length === 0 ? partWords.data : `the data or the terms of ${paths.slice(0, 3).join(' and ')}`
}
