import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import type { PathKind } from '../domain/observation.ts'
import type { StepDeclaration } from '../domain/pipeline.ts'
import type { StepSource } from '../project/opened-project.ts'
import { defaultStepSettings, type ProjectSettings, type StepSettings } from '../project/project-settings.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'
import type { FileDigests } from './file-digests.ts'
import type { StepFacts } from './plan-run.ts'
import { effectiveParams, type RunRequest } from './run-request.ts'
import { createStepEnvironment } from './step-environment.ts'

/** How many past results of a step are looked at: any of them may be used again. */
const mostCandidates = 100

export type FactSources = {
  readonly settings: ProjectSettings
  readonly sources: ReadonlyMap<string, StepSource>
  readonly environment: Environment | null
  readonly pythonPath: string
  readonly queries: Pick<RunQueries, 'findStepRunsByStep' | 'findWriters'>
  readonly store: Pick<Store, 'has'>
  readonly files: FileDigests
}

/** Reads what a plan is made of: past results, and what has become of everything that they read. */
export async function gatherFacts(
  order: readonly StepDeclaration[],
  request: RunRequest,
  from: FactSources,
): Promise<ReadonlyMap<string, StepFacts>> {
  const candidates = new Map(
    order.map((step) => [step.name, from.queries.findStepRunsByStep(step.name, mostCandidates)]),
  )
  const digests = await digestsOf([...candidates.values()].flat(), from.files)
  const sizes = await sizesOf([...candidates.values()].flat(), from.files)
  const folders = await namesOf([...candidates.values()].flat(), from.files)
  const kinds = await kindsOf([...candidates.values()].flat(), from.files)
  const facts = new Map<string, StepFacts>()
  const variables = variablesBySettings(from.pythonPath)
  for (const step of order) {
    const { name } = step
    const source = from.sources.get(name) as StepSource
    const settings = stepSettings(from.settings, name)
    facts.set(name, {
      step: name,
      sourceDigest: source.digest,
      coveredModules: new Set([...source.modules, ...source.parts.map((part) => part.module)]),
      params: effectiveParams(step, request),
      cache: settings.cache,
      forced: request.noCache ?? false,
      environment: from.environment,
      variables: variables(name, settings),
      fileDigest: (path) => digests.get(path) ?? null,
      fileSize: (path) => sizes.get(path) ?? null,
      folderNames: (path) => folders.get(path) ?? null,
      pathKind: (path) => kinds.get(path) ?? null,
      otherWriter: (path, digest) => findWriter(name, path, digest, from.queries),
      hasBlob: (digest) => from.store.has(digest),
      candidates: candidates.get(name) ?? [],
    })
  }
  return facts
}

/** Most steps say nothing of their own: the variables of all those are made once. */
function variablesBySettings(pythonPath: string) {
  const made = new Map<string, Readonly<Record<string, string>>>()
  return (step: string, { environment, cpus }: StepSettings): Readonly<Record<string, string>> => {
    const key = JSON.stringify([cpus, environment])
    const kept = made.get(key)
    if (kept) return kept
    const variables = createStepEnvironment({
      step,
      stepRunId: '',
      pythonPath,
      own: process.env,
      declared: environment,
      cpus,
    })
    made.set(key, variables)
    return variables
  }
}

export function stepSettings(settings: ProjectSettings, step: string): StepSettings {
  return settings.steps[step] ?? defaultStepSettings
}

async function digestsOf(
  candidates: readonly StepRunCandidate[],
  files: FileDigests,
): Promise<ReadonlyMap<string, Digest | null>> {
  const paths = new Set<string>()
  for (const { observed, artifacts } of candidates) {
    for (const { path } of observed.filesRead) if (!path.startsWith('package:')) paths.add(path)
    for (const { path } of observed.modules) paths.add(path)
    for (const { role, name } of artifacts) if (role === 'side') paths.add(name)
  }
  const found = await Promise.all([...paths].map(async (path) => [path, await files.digestInProject(path)] as const))
  return new Map(found)
}

async function namesOf(
  candidates: readonly StepRunCandidate[],
  files: FileDigests,
): Promise<ReadonlyMap<string, readonly string[] | null>> {
  const paths = new Set(candidates.flatMap(({ observed }) => (observed.foldersListed ?? []).map(({ path }) => path)))
  return new Map(await Promise.all([...paths].map(async (path) => [path, await files.namesIn(path)] as const)))
}

async function kindsOf(
  candidates: readonly StepRunCandidate[],
  files: FileDigests,
): Promise<ReadonlyMap<string, PathKind | null>> {
  const paths = new Set(candidates.flatMap(({ observed }) => (observed.pathsTested ?? []).map(({ path }) => path)))
  return new Map(await Promise.all([...paths].map(async (path) => [path, await files.kindOf(path)] as const)))
}

/** Two steps that write one file undo each other in turn: whoever is asked about it should hear of the other. */
function findWriter(
  step: string,
  path: string,
  digest: Digest,
  queries: Pick<RunQueries, 'findWriters'>,
): string | null {
  return queries.findWriters(path, digest).find((writer) => writer !== step) ?? null
}

/** Only of those whose size was recorded: there it is worth a comparison. */
async function sizesOf(
  candidates: readonly StepRunCandidate[],
  files: FileDigests,
): Promise<ReadonlyMap<string, number | null>> {
  const read = candidates.flatMap(({ observed }) => observed.filesRead)
  const paths = new Set(read.flatMap(({ path, sizeBytes }) => (sizeBytes === undefined ? [] : [path])))
  return new Map(await Promise.all([...paths].map(async (path) => [path, await files.sizeOf(path)] as const)))
}
