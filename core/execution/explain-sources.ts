import { isDigest } from '../domain/digest.ts'
import type { StaleReason } from '../domain/reason.ts'
import { unifiedDiff } from '../domain/unified-diff.ts'
import type { Store } from '../store/store.ts'

const longestDiff = 200_000

/** Adds to each changed source what changed in it, as far as its earlier text is still stored. */
export async function explainSources(
  reasons: readonly StaleReason[],
  store: Pick<Store, 'has' | 'readText'>,
  currentText: (name: string) => Promise<string | null>,
): Promise<readonly StaleReason[]> {
  return Promise.all(
    reasons.map(async (reason) => {
      if (reason.kind !== 'source') return reason
      const before = isDigest(reason.from) && store.has(reason.from) ? await store.readText(reason.from) : null
      const after = await currentText(reason.name)
      if (before === null || after === null) return reason
      const diff = unifiedDiff(before, after, { from: `${reason.name} (before)`, to: `${reason.name} (now)` })
      return diff === '' ? reason : { ...reason, diff: diff.slice(0, longestDiff) }
    }),
  )
}
