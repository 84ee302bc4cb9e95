import { createHash } from 'node:crypto'
import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Observation, PathKind } from '../domain/observation.ts'
import type { StepInputUse } from '../tracking/run-records.ts'
import { outsideKey } from './outside-path.ts'
import { isResultVariable } from './step-environment.ts'

/** A name and what it held; null for nothing there. Sorted by name, each name once. */
export type Observed = { readonly name: string; readonly digest: Digest | null }

/**
 * What a step's result was made from. Two step runs of equal parts give equal results, unless the step
 * is not a function of what it was seen to read.
 */
export type KeyParts = {
  /** Of the code that it can reach. */
  readonly source: Digest
  readonly params: Readonly<Record<string, JsonValue>>
  readonly inputs: readonly StepInputUse[]
  /** Project modules that it imported and that reading its source did not cover: whole files. */
  readonly modules: readonly Observed[]
  /** Project files that it was seen to read; folders, whose names end in `/`, that it listed; `//` what it only asked about; `outside:` what lies outside the project. */
  readonly files: readonly Observed[]
  readonly variables: readonly Observed[]
  readonly lock: Digest
  readonly python: string
}

/** Kept apart from the parts: a newer way to make keys must not meet an older one by accident. */
const keyFormat = 1

export function cacheKeyOf(parts: KeyParts): Digest {
  return digestOfText(canonicalJson({ format: keyFormat, ...parts }))
}

export type KeyedObservation = Pick<KeyParts, 'modules' | 'files' | 'variables'>

/** Neither what was seen nor a set of modules ever changes: each pair is looked through once. */
const keyed = new WeakMap<Observation, { readonly covered: ReadonlySet<string>; readonly seen: KeyedObservation }>()

/** The observed names that belong in a key; what the step itself wrote is its result, not its cause. */
export function keyedObservation(observed: Observation, covered: ReadonlySet<string>): KeyedObservation {
  const kept = keyed.get(observed)
  if (kept?.covered === covered) return kept.seen
  const seen = selectKeyed(observed, covered)
  keyed.set(observed, { covered, seen })
  return seen
}

function selectKeyed(observed: Observation, coveredModules: ReadonlySet<string>): KeyedObservation {
  const written = new Set(observed.filesWritten.map((file) => file.path))
  const modules = observed.modules.filter((module) => !coveredModules.has(module.path))
  const importedAs = new Set(observed.modules.map((module) => module.path))
  const files = observed.filesRead.filter(
    (file) => !file.path.startsWith('package:') && !written.has(file.path) && !importedAs.has(file.path),
  )
  const outside = (observed.outsideReads ?? []).map(({ path, digest }) => ({ name: outsideKey(path), digest }))
  const folders = (observed.foldersListed ?? []).map(({ path, names }) => ({
    name: folderKey(path),
    digest: namesDigest(path, names, written),
  }))
  const tested = (observed.pathsTested ?? []).map(({ path, found }) => ({
    name: testedKey(path),
    digest: kindDigest(found),
  }))
  return {
    modules: sortedByName(modules.map(({ path, digest }) => ({ name: path, digest }))),
    files: sortedByName([
      ...files.map(({ path, digest }) => ({ name: path, digest })),
      ...outside,
      ...folders,
      ...tested,
    ]),
    variables: sortedByName(
      observed.variables
        .filter(({ name }) => isResultVariable(name))
        .map(({ name, valueDigest }) => ({ name, digest: valueDigest })),
    ),
  }
}

/** Version and build; of what an older version recorded, the version alone: `like` says what was known then. */
export function pythonKey(
  { python, interpreter }: Pick<Environment, 'python' | 'interpreter'>,
  like: Pick<Environment, 'interpreter'> | null = null,
): string {
  const known = like === null || like.interpreter !== undefined
  return known && interpreter !== undefined ? `${python} ${interpreter}` : python
}

/** The name of a folder among files. */
export function folderKey(path: string): string {
  return `${path}/`
}

/** The name, among files, of a path that was asked about and not opened; no path of a file ends like that. */
export function testedKey(path: string): string {
  return `${path}//`
}

/** Stands for what a path leads to. */
export function kindDigest(kind: PathKind | null): Digest | null {
  return kind === null ? null : digestOfText(kind)
}

/** Of a folder's names but for those that the step itself wrote. */
export function namesDigest(
  path: string,
  names: readonly string[] | null,
  written: ReadonlySet<string>,
): Digest | null {
  if (names === null) return null
  const inside = path === '.' ? '' : `${path}/`
  const made = new Set(
    [...written].flatMap((file) => (file.startsWith(inside) ? [file.slice(inside.length).split('/')[0]] : [])),
  )
  return digestOfText(canonicalJson(names.filter((name) => !made.has(name))))
}

/** The digest of a variable's value: values may be secrets and are never recorded. */
export function variableDigest(value: string | null | undefined): Digest | null {
  return value === null || value === undefined ? null : digestOfText(value)
}

export function digestOfText(text: string): Digest {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}` as Digest
}

function sortedByName(items: readonly Observed[]): readonly Observed[] {
  const once = new Map(items.map((item) => [item.name, item]))
  return [...once.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
