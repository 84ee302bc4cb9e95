import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { treeDigest, treeListing } from '../../../core/datasets/tree-listing.ts'
import { parseDigest } from '../../../core/domain/digest.ts'
import { canonicalJson } from '../../../core/domain/json.ts'

const sha256 = (bytes: string | Uint8Array) => parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
const file = (path: string, text: string, sizeBytes = text.length) => ({ path, digest: sha256(text), sizeBytes })
/** So many that the listing is remembered. */
const many = Array.from({ length: 1_200 }, (_, number) =>
  file(`data/größe "${String(number).padStart(4, '0')}"`, `${number}`),
)

describe('the listing of a state', () => {
  const states = {
    'one file changed': many.with(600, file(many[600]?.path as string, 'other')),
    'its first and last changed, to more digits and fewer': many
      .with(0, file(many[0]?.path as string, 'other', 123_456))
      .with(1_199, file(many[1_199]?.path as string, '')),
    'next to each other': many
      .with(5, file(many[5]?.path as string, 'five', 1e9))
      .with(6, file(many[6]?.path as string, 'six', 7)),
    'nothing changed': [...many],
    'most changed': many.map(({ path }) => file(path, `of ${path}`)),
    'a path changed': many.with(3, file('data/größe "0002" b', '3')),
    'a file went': many.slice(1),
    'a file came': [...many, file('data/zzz', '')],
    'not in order': many.toReversed(),
  }

  it.each(Object.entries(states))('is that of its files after another one: %s', (_, state) => {
    treeListing(many)
    for (const each of [state, state.with(9, { ...state[9], sizeBytes: 55_555 } as (typeof state)[0]), many]) {
      const wanted = canonicalJson([...each].sort((a, b) => (a.path < b.path ? -1 : 1)))
      expect(Buffer.from(treeListing(each)).toString('utf8')).toBe(wanted)
      expect(treeDigest(each)).toBe(sha256(wanted))
    }
  })
})
