import { type Filter, type FilterSubject, parseFilter } from './filter-grammar.ts'

/** A thing of every run, in one order of runs that all columns share. A row of `has` that is 0 lacks it. */
export type NumberColumn = { readonly kind: 'number'; readonly values: Float64Array; readonly has: Uint8Array }
/** Code 0 means that the run lacks it; code N is the entry N − 1 of the dictionary. Params are there as JSON. */
export type TextColumn = { readonly kind: 'text'; readonly codes: Uint32Array; readonly dictionary: readonly string[] }
export type RunColumn = NumberColumn | TextColumn

/** What runs have without a key. */
export const runFields = ['id', 'state', 'experiment', 'startedAt', 'durationMs', 'cachedSteps', 'totalSteps'] as const
export type RunField = (typeof runFields)[number]
/** As a filter spells it: `metric.KEY`, `param.KEY`, `tag.KEY` or a field. */
export type RunColumnName = `metric.${string}` | `param.${string}` | `tag.${string}` | RunField

export type RunColumnKind = 'metric' | 'param' | 'tag' | 'field'

export function kindOf(name: RunColumnName): RunColumnKind {
  const dot = name.indexOf('.')
  return dot < 0 ? 'field' : (name.slice(0, dot) as RunColumnKind)
}

export function keyOf(name: RunColumnName): string {
  return name.slice(name.indexOf('.') + 1)
}

export function isRunColumnName(name: string): name is RunColumnName {
  const kind = kindOf(name as RunColumnName)
  if (kind === 'field') return (runFields as readonly string[]).includes(name)
  return ['metric', 'param', 'tag'].includes(kind) && keyOf(name as RunColumnName) !== ''
}

export function nameOfSubject(subject: FilterSubject): RunColumnName {
  return 'key' in subject ? `${subject.of}.${subject.key}` : subject.of
}

/** The columns that a filter compares, each once. @throws tracking/badFilter */
export function columnsOfFilter(filter: string): readonly RunColumnName[] {
  if (filter.trim() === '') return []
  const names = new Set<RunColumnName>()
  const visit = (node: Filter): void => {
    if ('left' in node) {
      visit(node.left)
      visit(node.right)
    } else if (node.kind === 'not') visit(node.filter)
    else names.add(nameOfSubject(node.subject))
  }
  visit(parseFilter(filter))
  return [...names]
}

/** A column on its way to a window: the bytes of its arrays, little-endian. */
export type PackedColumn =
  | {
      readonly kind: 'number'
      readonly values: Uint8Array
      /** One bit for each run, the first in the lowest; null when all runs have it. */
      readonly has: Uint8Array | null
    }
  | { readonly kind: 'text'; readonly codes: Uint8Array; readonly dictionary: readonly string[] }

/** Some columns of all runs, in the order in which the runs were recorded. Null where no run has it. */
export type RunColumnsAnswer = { readonly count: number; readonly columns: readonly (PackedColumn | null)[] }
