import type { Brush, ParallelPlace } from './parallel-picture.ts'

/** A number axis from its lowest to its highest value, in as many presses of a key. */
const steps = 20

/** The range when one of its ends goes a step up (1) or down (-1); null when it holds the whole axis again. */
export function moveBrush(
  { extent: [low, high], words }: Pick<ParallelPlace, 'extent' | 'words'>,
  brush: Brush | undefined,
  end: 'lower' | 'upper',
  by: 1 | -1,
): Brush | null {
  const step = (by * (high - low)) / (words?.length || steps)
  const [from, to] = brush ?? [low, high]
  const next: Brush =
    end === 'lower' ? [Math.max(low, Math.min(to, from + step)), to] : [from, Math.min(high, Math.max(from, to + step))]
  // A step less than nothing is what adding up many of them leaves.
  const isWhole = next[0] - low < Math.abs(step) / 1e6 && high - next[1] < Math.abs(step) / 1e6
  return isWhole ? null : next
}
