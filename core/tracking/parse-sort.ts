import { fail } from '../domain/failure.ts'
import { type RunColumnName, runFields } from '../domain/run-columns.ts'

/** Null for the order in which runs began, newest first. */
export type RunSort = { readonly name: RunColumnName; readonly descending: boolean } | null

/** Sort keys as in `metric.evaluation.accuracy desc`; runs that lack it come last. @throws tracking/badSort */
export function parseSort(sort: string | undefined): RunSort {
  if (sort === undefined || sort.trim() === '') return null
  const match = /^(.+?)(?:\s+(asc|desc))?$/is.exec(sort.trim()) as RegExpExecArray
  const words = match[1] as string
  const descending = match[2]?.toLowerCase() === 'desc'
  const [, of, quotedKey, plainKey] = /^(metric|param|tag)s?\.(?:"(.*)"|(.+))$/is.exec(words) ?? []
  if (of !== undefined) {
    const kind = of.toLowerCase() as 'metric' | 'param' | 'tag'
    return { name: `${kind}.${quotedKey ?? plainKey}`, descending }
  }
  const field = runFields.find((name) => name === words)
  if (field === undefined) throw fail('tracking/badSort', { sort, problem: `"${words}" is nothing that runs have` })
  return { name: field, descending }
}
