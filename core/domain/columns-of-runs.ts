import { canonicalJson } from './json.ts'
import type { Run } from './run.ts'
import { keyOf, kindOf, type RunColumn, type RunColumnName, type RunField } from './run-columns.ts'

/** What a run has under a name: a number, words (JSON for a param that is no number), or null. */
export function valueOfRun(run: Run, name: RunColumnName): number | string | null {
  const key = keyOf(name)
  switch (kindOf(name)) {
    case 'metric': {
      const metric = Object.hasOwn(run.metrics, key) ? run.metrics[key] : undefined
      return metric === undefined ? null : Number(metric)
    }
    case 'param': {
      const param = Object.hasOwn(run.params, key) ? run.params[key] : undefined
      if (param === undefined) return null
      return typeof param === 'number' ? param : canonicalJson(param)
    }
    case 'tag':
      return Object.hasOwn(run.tags, key) ? (run.tags[key] as string) : null
    case 'field':
      return run[name as RunField]
  }
}

/** One thing of many runs as a column. Params of which some are no numbers are JSON all of them. */
export function columnOfRuns(runs: readonly Run[], name: RunColumnName): RunColumn | null {
  const values = runs.map((run) => valueOfRun(run, name))
  if (values.every((value) => value === null)) return null
  return values.some((value) => typeof value === 'string') ? toTexts(values) : toNumbers(values)
}

export function toNumbers(values: readonly (number | string | null)[]): RunColumn {
  return {
    kind: 'number',
    values: Float64Array.from(values, (value) => (value === null ? 0 : Number(value))),
    has: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
  }
}

export function toTexts(values: readonly (number | string | null)[]): RunColumn {
  const codes = new Map<string, number>()
  const code = (text: string): number => {
    const known = codes.get(text) ?? codes.size + 1
    codes.set(text, known)
    return known
  }
  return {
    kind: 'text',
    codes: Uint32Array.from(values, (value) => (value === null ? 0 : code(String(value)))),
    dictionary: [...codes.keys()],
  }
}
