import type { Run } from '../../../core/domain/run.ts'
import { useProjectConnection } from '../../clients/connections.tsx'
import { useTagRun } from '../../queries/run-queries.ts'

/** Tags with a meaning in the window; all others are the person's own words. */
export const starTag = 'star'
export const noteTag = 'note'
export const baselineTag = 'baseline'

export const knownTags: readonly string[] = [starTag, noteTag, baselineTag]

export function isStarred(run: Run): boolean {
  return starTag in run.tags
}

export function ownTags(run: Run): readonly (readonly [string, string])[] {
  return Object.entries(run.tags).filter(([key]) => !knownTags.includes(key))
}

/** Marks are tags, so that `slipway runs --filter tag.star` and other windows see them. */
export function useRunMarks() {
  const tag = useTagRun()
  const connection = useProjectConnection()
  const set = (run: string, key: string, value: string | null) =>
    void tag.mutateAsync({ run, key, value }).catch(() => null)
  return {
    error: tag.error,
    set,
    setStar: (run: string, on: boolean) => set(run, starTag, on ? 'yes' : null),
    /** One baseline at a time: the run that others are measured against. */
    setBaseline: async (run: string, on: boolean) => {
      const { runs } = await connection.client().runs.list({ filter: `tag.${baselineTag}`, limit: 100 })
      for (const old of runs.filter(({ id }) => id !== run)) set(old.id, baselineTag, null)
      set(run, baselineTag, on ? 'yes' : null)
    },
  }
}
