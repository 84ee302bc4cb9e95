import type { Digest } from '../domain/digest.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'

export type SideFile = { readonly path: string; readonly recorded: Digest; readonly found: Digest | null }

type Situation = {
  readonly fileDigest: (path: string) => Digest | null
  readonly candidates: readonly StepRunCandidate[]
}

/** The files that a step run wrote in the project, as they were recorded and as they are now. */
export function sideFiles(candidate: StepRunCandidate, now: Situation): readonly SideFile[] {
  return candidate.artifacts
    .filter((artifact) => artifact.role === 'side')
    .map(({ name, descriptor }) => ({ path: name, recorded: descriptor.digest, found: now.fileDigest(name) }))
}

/** Those that hold what the step never wrote: edited by hand. Missing ones, and its own older ones, are restored. */
export function changedSideFiles(candidate: StepRunCandidate, now: Situation): readonly SideFile[] {
  const changed = sideFiles(candidate, now).filter(({ found, recorded }) => found !== null && found !== recorded)
  if (changed.length === 0) return []
  const written = sideDigests(now.candidates)
  return changed.filter((file) => !written.has(`${file.path}@${file.found}`))
}

function sideDigests(candidates: readonly StepRunCandidate[]): ReadonlySet<string> {
  return new Set(
    candidates.flatMap((candidate) =>
      candidate.artifacts
        .filter((artifact) => artifact.role === 'side')
        .map((artifact) => `${artifact.name}@${artifact.descriptor.digest}`),
    ),
  )
}
