import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import type { StepDeclaration } from '../domain/pipeline.ts'
import type { StepSource } from '../project/opened-project.ts'
import { defaultStepSettings, type ProjectSettings, type StepSettings } from '../project/project-settings.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'
import type { FileDigests } from './file-digests.ts'
import { outsideKey } from './outside-path.ts'
import type { StepFacts } from './plan-run.ts'
import { effectiveParams, type RunRequest } from './run-request.ts'
import { createStepEnvironment, type StepEnvironmentOptions } from './step-environment.ts'

/** How many past results of a step are looked at: any of them may be used again. */
const mostCandidates = 100

export type FactSources = {
  readonly settings: ProjectSettings
  readonly sources: ReadonlyMap<string, StepSource>
  readonly environment: Environment | null
  readonly pythonPath: string
  /** The variables that core itself was started with. */
  readonly own: StepEnvironmentOptions['own']
  readonly queries: Pick<RunQueries, 'findStepRunsBySteps' | 'findWriters'>
  readonly store: Pick<Store, 'look'>
  readonly files: FileDigests
}

/** Reads what a plan is made of: past results, and what has become of everything that they read. */
export async function gatherFacts(
  order: readonly StepDeclaration[],
  request: RunRequest,
  from: FactSources,
): Promise<ReadonlyMap<string, StepFacts>> {
  const names = order.map(({ name }) => name)
  const candidates = from.queries.findStepRunsBySteps(names, mostCandidates)
  const all = [...candidates.values()].flat()
  const digests = await digestsOf(all, from.files)
  const folders = await namesOf(all, from.files)
  const facts = new Map<string, StepFacts>()
  const hasBlob = from.store.look()
  const variables = variablesBySettings(from)
  for (const step of order) {
    const { name } = step
    const source = from.sources.get(name) as StepSource
    const settings = stepSettings(from.settings, name)
    facts.set(name, {
      step: name,
      sourceDigest: source.digest,
      coveredModules: modulesOf(source),
      params: effectiveParams(step, request),
      cache: settings.cache,
      forced: request.noCache ?? false,
      environment: from.environment,
      variables: variables(name, settings),
      fileDigest: (path) => digests.get(path) ?? null,
      fileSize: from.files.sizeOf,
      folderNames: (path) => folders.get(path) ?? null,
      pathKind: from.files.kindOf,
      otherWriter: (path, digest) => findWriter(name, path, digest, from.queries),
      hasBlob,
      candidates: candidates.get(name) ?? [],
    })
  }
  return facts
}

const modulesOfSources = new WeakMap<StepSource, ReadonlySet<string>>()

/** The modules whose reachable code is part of a source; one set for one source. */
function modulesOf(source: StepSource): ReadonlySet<string> {
  const kept = modulesOfSources.get(source)
  if (kept) return kept
  const modules = new Set([...source.modules, ...source.parts.map((part) => part.module)])
  modulesOfSources.set(source, modules)
  return modules
}

/** Most steps say nothing of their own: the variables of all those are made once. */
function variablesBySettings({ pythonPath, own }: Pick<FactSources, 'pythonPath' | 'own'>) {
  const made = new Map<string, Readonly<Record<string, string>>>()
  return (step: string, { environment, cpus }: StepSettings): Readonly<Record<string, string>> => {
    const key = JSON.stringify([cpus, environment])
    const kept = made.get(key)
    if (kept) return kept
    const variables = createStepEnvironment({
      step,
      stepRunId: '',
      pythonPath,
      own,
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
    for (const { path } of observed.outsideReads ?? []) paths.add(outsideKey(path))
    for (const { role, name } of artifacts) if (role === 'side') paths.add(name)
  }
  const found = new Map<string, Digest | null>()
  const unknown: string[] = []
  for (const path of paths) {
    const digest = files.knownInProject(path)
    if (digest === undefined) unknown.push(path)
    else found.set(path, digest)
  }
  await Promise.all(unknown.map(async (path) => found.set(path, await files.digestInProject(path))))
  return found
}

async function namesOf(
  candidates: readonly StepRunCandidate[],
  files: FileDigests,
): Promise<ReadonlyMap<string, readonly string[] | null>> {
  const paths = new Set(candidates.flatMap(({ observed }) => (observed.foldersListed ?? []).map(({ path }) => path)))
  return new Map(await Promise.all([...paths].map(async (path) => [path, await files.namesIn(path)] as const)))
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
