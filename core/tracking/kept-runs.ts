import type { Run } from '../domain/run.ts'
import type { RunColumnCache } from './run-column-cache.ts'

const mostKept = 2_000

/** Whole runs by their numbers, for pages that are looked at again and again; until something is written of them. */
export function createKeptRuns(
  columns: Pick<RunColumnCache, 'whenChanged'>,
  load: (numbers: readonly number[]) => ReadonlyMap<number, Run>,
): (numbers: readonly number[]) => readonly Run[] {
  /** In the order of their last use. */
  const kept = new Map<number, Run>()
  columns.whenChanged((runs) => {
    if (runs === null) kept.clear()
    else for (const run of runs) kept.delete(run)
  })
  return (numbers) => {
    const unknown = numbers.filter((number) => !kept.has(number))
    const loaded = unknown.length > 0 ? load(unknown) : null
    const runs: Run[] = []
    for (const number of numbers) {
      const run = kept.get(number) ?? loaded?.get(number)
      if (run === undefined) continue
      runs.push(run)
      kept.delete(number)
      kept.set(number, run)
    }
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return runs
  }
}
