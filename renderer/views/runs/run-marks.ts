import type { Run } from '../../../core/domain/run.ts'
import { useTagRun } from '../../queries/run-queries.ts'

/** Tags with a meaning in the window; all others are the person's own words. */
export const starTag = 'star'
export const noteTag = 'note'
export const baselineTag = 'baseline'

const known: readonly string[] = [starTag, noteTag, baselineTag]

export function isStarred(run: Run): boolean {
  return starTag in run.tags
}

export function ownTags(run: Run): readonly (readonly [string, string])[] {
  return Object.entries(run.tags).filter(([key]) => !known.includes(key))
}

/** The run that others are measured against: the newest one that was marked so. */
export function findBaseline(runs: readonly Run[]): Run | null {
  return runs.find((run) => baselineTag in run.tags) ?? null
}

/** Marks are tags, so that `slipway runs --filter tag.star` and other windows see them. */
export function useRunMarks() {
  const tag = useTagRun()
  return {
    error: tag.error,
    set: (run: string, key: string, value: string | null) =>
      void tag.mutateAsync({ run, key, value }).catch(() => null),
    toggleStar: (run: Run) => tag.mutate({ run: run.id, key: starTag, value: isStarred(run) ? null : 'yes' }),
    /** One baseline at a time. Setting the one that is set takes it away. */
    setBaseline: async (run: Run, runs: readonly Run[]) => {
      for (const old of runs.filter((other) => baselineTag in other.tags && other.id !== run.id)) {
        await tag.mutateAsync({ run: old.id, key: baselineTag, value: null }).catch(() => null)
      }
      tag.mutate({ run: run.id, key: baselineTag, value: baselineTag in run.tags ? null : 'yes' })
    },
  }
}
