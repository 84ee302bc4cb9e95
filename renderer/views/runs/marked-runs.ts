/** Runs that are selected, by their ids. */
export type MarkedRuns = ReadonlySet<string>

export function withRuns(marked: MarkedRuns, runs: readonly string[]): MarkedRuns {
  return new Set([...marked, ...runs])
}

/** All of them, or none when all are in already. */
export function toggledAll(marked: MarkedRuns, runs: readonly string[]): MarkedRuns {
  const next = new Set(marked)
  const isIn = runs.every((run) => marked.has(run))
  for (const run of runs) {
    if (isIn) next.delete(run)
    else next.add(run)
  }
  return next
}

/** Both ends and all between, whichever comes first. */
export function linesBetween(from: number, to: number): readonly number[] {
  const first = Math.min(from, to)
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => first + index)
}
