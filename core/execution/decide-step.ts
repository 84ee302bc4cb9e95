import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import { describeEffect, type PathKind, readsOutside } from '../domain/observation.ts'
import type { StaleReason } from '../domain/reason.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'
import {
  cacheKeyOf,
  type KeyParts,
  keyedObservation,
  kindDigest,
  namesDigest,
  pythonKey,
  testedKey,
  variableDigest,
} from './cache-key.ts'
import { outsidePathOf } from './outside-path.ts'
import { changedSideFiles } from './side-file-state.ts'

/** A step as it stands now: what its next result would be made from. */
export type StepSituation = {
  readonly step: string
  readonly sourceDigest: Digest
  /** Modules whose reachable code is part of `sourceDigest`. */
  readonly coveredModules: ReadonlySet<string>
  /** Effective: defaults with overrides. */
  readonly params: Readonly<Record<string, JsonValue>>
  /** Null digest: the step that makes it will run, so it may change. */
  readonly inputs: readonly { readonly name: string; readonly digest: Digest | null }[]
  /** What slipway.toml says about it: `true` vouches for what it takes from outside but for files, which are compared; `false` refuses any reuse. */
  readonly cache: boolean | null
  /** True when the user asked for it to run whatever is known. */
  readonly forced: boolean
  /** Null while there is no environment to compare with. */
  readonly environment: Environment | null
  /** The environment variables that its process would get. */
  readonly variables: Readonly<Record<string, string>>
  /** Of a project file as it is now; null when it is not there. */
  readonly fileDigest: (path: string) => Digest | null
  readonly fileSize: (path: string) => number | null
  /** What a folder of the project holds now; null when it is none. */
  readonly folderNames: (path: string) => readonly string[] | null
  /** What a path of the project leads to now; null for nothing. */
  readonly pathKind: (path: string) => PathKind | null
  /** Another step that was seen to write just this into the file; null when none was. */
  readonly otherWriter: (path: string, digest: Digest) => string | null
  readonly hasBlob: (digest: Digest) => boolean
  /** Past results of this step, newest first. */
  readonly candidates: readonly StepRunCandidate[]
}

export type StepDecision =
  | { readonly state: 'cached'; readonly candidate: StepRunCandidate }
  | { readonly state: 'stale' | 'new'; readonly reasons: readonly StaleReason[] }

/** Whether a past result holds for the step as it stands, and if none does, what changed since the newest. */
export function decideStep(now: StepSituation): StepDecision {
  const newest = now.candidates[0]
  if (newest === undefined)
    return { state: 'new', reasons: [{ kind: 'new', name: now.step, from: null, to: null }, ...refusals(now)] }
  const refused = refusals(now)
  if (refused.length === 0) {
    const match = now.candidates.find((candidate) => explainDifference(candidate, now).length === 0)
    if (match) return { state: 'cached', candidate: match }
  }
  return { state: 'stale', reasons: [...refused, ...explainDifference(newest, now)] }
}

/** The parts of the key that the step would have now, if it read what the candidate read. */
export function currentKeyParts(candidate: StepRunCandidate, now: StepSituation): KeyParts | null {
  const { environment } = now
  const inputs = now.inputs.flatMap(({ name, digest }) => (digest === null ? [] : [{ name, digest }]))
  if (environment === null || inputs.length < now.inputs.length) return null
  const seen = keyedObservation(candidate.observed, now.coveredModules)
  return {
    source: now.sourceDigest,
    params: now.params,
    inputs,
    modules: seen.modules.map(({ name }) => ({ name, digest: now.fileDigest(name) })),
    files: seen.files.map(({ name }) => ({ name, digest: digestNow(name, candidate, now) })),
    variables: seen.variables.map(({ name }) => ({ name, digest: variableDigest(now.variables[name]) })),
    lock: environment.lockDigest,
    python: pythonKey(environment, candidate.environment),
  }
}

function refusals(now: StepSituation): readonly StaleReason[] {
  const reasons: StaleReason[] = []
  if (now.forced) reasons.push({ kind: 'forced', name: now.step, from: null, to: null })
  if (now.cache === false) reasons.push(nondeterministic(now.step, 'slipway.toml says cache = false'))
  return reasons
}

/** Everything in which the situation differs from the one that gave the candidate; empty when its result holds. */
function explainDifference(candidate: StepRunCandidate, now: StepSituation): readonly StaleReason[] {
  const seen = keyedObservation(candidate.observed, now.coveredModules)
  const reasons: StaleReason[] = []
  const compare = (kind: StaleReason['kind'], name: string, from: string | null, to: string | null, more = {}) => {
    if (from !== to) reasons.push({ kind, name, from, to, ...more })
  }
  const { filesRead, outsideReads, effects = [] } = candidate.observed
  const sizeBefore = (name: string) => {
    const outside = outsidePathOf(name)
    const path = outside ?? name
    return (outside === null ? filesRead : outsideReads)?.find((file) => file.path === path)?.sizeBytes ?? null
  }
  compare('source', now.step, candidate.sourceDigest, now.sourceDigest)
  if (!isSameRecord(candidate.params, now.params))
    for (const name of namesOf(candidate.params, now.params))
      if (candidate.params[name] !== now.params[name])
        compare('param', name, wordOf(candidate.params[name]), wordOf(now.params[name]))
  if (!isSameList(candidate.inputs, now.inputs)) {
    const [inputsBefore, inputsNow] = [byName(candidate.inputs), byName(now.inputs)]
    for (const name of namesOf(inputsBefore, inputsNow))
      compare('input', name, inputsBefore[name] ?? null, inputsNow[name] ?? null)
  }
  for (const { name, digest } of seen.modules) compare('source', name, digest, now.fileDigest(name))
  const tests = new Map(candidate.observed.pathsTested?.map((one) => [testedKey(one.path), one]))
  for (const { name, digest } of seen.files) {
    const tested = tests.get(name)
    if (tested) {
      compare('file', tested.path, thereWord(tested.found), thereWord(now.pathKind(tested.path)))
      continue
    }
    const found = digestNow(name, candidate, now)
    if (found === digest) continue
    const sizes = [sizeBefore(name), now.fileSize(name)]
    compare('file', outsidePathOf(name) ?? name, digest, found, sizes.includes(null) ? {} : { sizes })
  }
  for (const { name, digest } of seen.variables)
    compare('environmentVariable', name, digest, variableDigest(now.variables[name]))
  reasons.push(...explainEnvironment(candidate.environment, now.environment))
  for (const { path, recorded, found } of changedSideFiles(candidate, now)) {
    const writer = found === null ? null : now.otherWriter(path, found)
    compare(
      'file',
      path,
      recorded,
      writer === null ? found : `step "${writer}" wrote it, too: give each a file of its own`,
    )
  }
  for (const artifact of candidate.artifacts) {
    const digests = [artifact.descriptor.digest, ...artifact.parts.map((part) => part.descriptor.digest)]
    const lost = digests.find((digest) => !now.hasBlob(digest))
    if (lost) reasons.push({ kind: 'file', name: `the stored ${artifact.name}`, from: lost, to: null })
  }
  if (now.cache !== true)
    for (const effect of effects.filter(readsOutside)) reasons.push(nondeterministic(now.step, describeEffect(effect)))
  else if (outsideReads === undefined && effects.some(({ kind }) => kind === 'outsideRead'))
    reasons.push(nondeterministic(now.step, 'what it read outside the project was not recorded when it ran last'))
  if (reasons.length > 0) return reasons
  // Equal in every part that is known, yet recorded under no key: what it read was changing while it ran.
  return isKeyed(candidate, now) ? [] : [nondeterministic(now.step, 'what it read was changing while it ran')]
}

type KeyCheck = Pick<StepSituation, 'coveredModules' | 'environment'> & { readonly holds: boolean }
const checkedKeys = new WeakMap<StepRunCandidate, KeyCheck>()

/**
 * Whether its key is that of what it was made from. Asked only where all parts are as they were then, so that one
 * answer stands until other modules are covered or the environment is read anew.
 */
function isKeyed(candidate: StepRunCandidate, now: StepSituation): boolean {
  const { coveredModules, environment } = now
  const kept = checkedKeys.get(candidate)
  if (kept?.coveredModules === coveredModules && kept.environment === environment) return kept.holds
  const parts = currentKeyParts(candidate, now)
  const holds = candidate.cacheKey !== null && (parts === null || candidate.cacheKey === cacheKeyOf(parts))
  checkedKeys.set(candidate, { coveredModules, environment, holds })
  return holds
}

function nondeterministic(step: string, why: string): StaleReason {
  return { kind: 'nondeterministic', name: step, from: null, to: why }
}

/** Of a path that the step asked about without opening it. */
function thereWord(kind: PathKind | null): string {
  return kind === null ? 'not there' : `a ${kind} is there`
}

/** Of a file as it is, or of what a folder holds beside what the step wrote there. */
function digestNow(name: string, candidate: StepRunCandidate, now: StepSituation): Digest | null {
  if (name.endsWith('//')) return kindDigest(now.pathKind(name.slice(0, -2)))
  if (!name.endsWith('/')) return now.fileDigest(name)
  const path = name.slice(0, -1)
  return namesDigest(path, now.folderNames(path), new Set(candidate.observed.filesWritten.map((file) => file.path)))
}

function explainEnvironment(before: Environment | null, after: Environment | null): readonly StaleReason[] {
  if (after === null) return []
  if (before === null) return [{ kind: 'interpreter', name: 'python', from: null, to: after.python }]
  const reasons: StaleReason[] = []
  if (before.python !== after.python)
    reasons.push({ kind: 'interpreter', name: 'python', from: before.python, to: after.python })
  else if (pythonKey(after, before) !== pythonKey(before))
    reasons.push({ kind: 'interpreter', name: 'python', from: before.python, to: `${after.python}, another build` })
  if (before.lockDigest === after.lockDigest) return reasons
  const versions = (environment: Environment) =>
    Object.fromEntries(environment.packages.map(({ name, version }) => [name, version]))
  const [old, current] = [versions(before), versions(after)]
  const changed = namesOf(old, current).filter((name) => old[name] !== current[name])
  if (changed.length === 0)
    return [...reasons, { kind: 'package', name: 'slipway.lock', from: before.lockDigest, to: after.lockDigest }]
  return [
    ...reasons,
    ...changed.map(
      (name): StaleReason => ({
        kind: 'package',
        name,
        from: old[name] ?? null,
        to: current[name] ?? null,
      }),
    ),
  ]
}

/** A hundred steps that are as they were are asked so at each plan: what is plainly the same is not taken apart. */
function isSameRecord(one: StepSituation['params'], other: StepSituation['params']): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

function isSameList(one: StepSituation['inputs'], other: StepSituation['inputs']): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, digest }, index) => name === other[index]?.name && digest === other[index]?.digest)
  )
}

function byName(inputs: StepSituation['inputs']): Readonly<Record<string, Digest | null>> {
  return Object.fromEntries(inputs.map(({ name, digest }) => [name, digest]))
}

function namesOf(...records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort()
}

/** Absent and null are different things to a param. */
function wordOf(value: JsonValue | undefined): string | null {
  return value === undefined ? null : canonicalJson(value)
}
