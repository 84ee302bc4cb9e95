import { quote, spellName } from '../../../../core/domain/filter-clauses.ts'
import { keyOf, kindOf, type RunColumnName } from '../../../../core/domain/run-columns.ts'
import type { Brush, Brushes, ParallelAxis } from '../../../charts/parallel-picture.ts'

/** The ranges as a filter says them, for all runs and for later. */
export function clauseOf(axes: readonly ParallelAxis[], brushes: Brushes): string {
  return axes
    .flatMap(({ id, words }) => {
      const range = brushes[id]
      if (range === undefined) return []
      const name = id as RunColumnName
      const kind = kindOf(name)
      const spelled = kind === 'field' ? id : spellName(kind, keyOf(name))
      if (words === null)
        return [`${spelled} >= ${Number(range[0].toPrecision(6))}`, `${spelled} <= ${Number(range[1].toPrecision(6))}`]
      const chosen = wordsWithin(words, range)
      return [
        `${spelled} in (${chosen.map((word) => (kind === 'param' && /^(-?\d|true$|false$|\[|\{)/.test(word) ? word : quote(word))).join(', ')})`,
      ]
    })
    .join(' and ')
}

/** A range for who reads or hears it. */
export function describeRange(axes: readonly ParallelAxis[], id: string, range: Brush): string {
  const words = axes.find((axis) => axis.id === id)?.words ?? null
  if (words !== null) return wordsWithin(words, range).join(', ') || 'nothing'
  return `${Number(range[0].toPrecision(4))} to ${Number(range[1].toPrecision(4))}`
}

function wordsWithin(words: readonly string[], [from, to]: Brush): readonly string[] {
  return words.slice(Math.max(0, Math.ceil(from)), Math.floor(to) + 1)
}
