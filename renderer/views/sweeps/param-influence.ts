import type { SweepDetail } from '../../../core/domain/sweep.ts'
import { axisOf, isValued, type Valued } from './trial-axis.ts'

/** Fewer trials than this say nothing. */
export const fewestForInfluence = 8
const mostBins = 5

/**
 * How much of the metric's spread each param explains by itself, 0 to 1, largest first: the correlation ratio over its
 * words, or over up to five bins of its numbers with equally many trials, adjusted for their count (Ezekiel 1930).
 * A param that matters only together with another shows little. Empty while there are too few completed trials.
 */
export function influenceOf({
  sweep,
  trials,
}: SweepDetail): readonly { readonly key: string; readonly share: number }[] {
  const valued = trials.filter(isValued)
  if (valued.length < fewestForInfluence) return []
  const rows = sweep.plan.space.map(({ key, space }) => {
    const { words, at } = axisOf(key, space, valued)
    return { key, share: shareOf(words ? groupBy(valued, at) : binsOf(valued, at)) }
  })
  return rows.sort((a, b) => b.share - a.share)
}

function groupBy(trials: readonly Valued[], at: (trial: Valued) => number): readonly (readonly Valued[])[] {
  return [...Map.groupBy(trials, at).values()]
}

/** Trials of one value stay together. */
function binsOf(trials: readonly Valued[], at: (trial: Valued) => number): readonly (readonly Valued[])[] {
  const byValue = [...Map.groupBy(trials, at)].sort(([a], [b]) => a - b).map(([, group]) => group)
  if (byValue.length <= mostBins) return byValue
  const bins: Valued[][] = [[]]
  for (const group of byValue) {
    if ((bins.at(-1) as Valued[]).length >= trials.length / mostBins && bins.length < mostBins) bins.push([])
    bins.at(-1)?.push(...group)
  }
  return bins
}

function shareOf(groups: readonly (readonly Valued[])[]): number {
  const values = groups.flat().map(({ value }) => value)
  const all = mean(values)
  const total = sum(values.map((value) => (value - all) ** 2))
  const free = values.length - groups.length
  if (total === 0 || groups.length < 2 || free < 1) return 0
  const within = sum(
    groups.map((group) => {
      const middle = mean(group.map(({ value }) => value))
      return sum(group.map(({ value }) => (value - middle) ** 2))
    }),
  )
  return Math.max(0, 1 - ((within / total) * (values.length - 1)) / free)
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
