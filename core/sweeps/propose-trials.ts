import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { ParamSpace, SweepPlan } from '../domain/sweep.ts'

export type TrialParams = Readonly<Record<string, JsonValue>>
type Space = SweepPlan['space']
type Range = Extract<ParamSpace, { kind: 'range' }>

/** Every value that a grid takes of a space; null when there is no end of them. */
export function listValues(space: ParamSpace): readonly JsonValue[] | null {
  if (space.kind === 'values') return space.values
  const { low, high, step, points, integer } = space
  if (points !== null) {
    const spread = Array.from({ length: points }, (_, index) => at(space, index / (points - 1)))
    return [...new Set(spread.map((value) => (integer ? Math.round(value) : value)))]
  }
  if (step === null) return null
  return Array.from({ length: countSteps(low, high, step) }, (_, index) => tidy(low + index * step))
}

/** How many different trials there are; null when there is no end of them. */
export function countTrials(space: Space): number | null {
  const counts = space.map((one) => countValues(one.space))
  return counts.includes(null) ? null : (counts as number[]).reduce((product, count) => product * count, 1)
}

function countValues(space: ParamSpace): number | null {
  if (space.kind === 'values') return space.values.length
  if (space.points !== null) return (listValues(space) as readonly JsonValue[]).length
  if (space.step === null) return space.integer ? space.high - space.low + 1 : null
  return countSteps(space.low, space.high, space.step)
}

/** True when a grid knows which values to take. */
export function isListed(space: ParamSpace): boolean {
  return space.kind === 'values' || space.points !== null || space.step !== null
}

function countSteps(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9) + 1
}

/** In the order of a counter: the first param turns slowest, so that what only depends on it is shared. */
export function proposeGrid(space: Space, count: number): readonly TrialParams[] {
  const lists = space.map((one) => listValues(one.space) as readonly JsonValue[])
  return Array.from({ length: count }, (_, index) => {
    let rest = index
    const chosen: [string, JsonValue][] = []
    for (let i = lists.length - 1; i >= 0; i--) {
      const values = lists[i] as readonly JsonValue[]
      chosen.unshift([space[i]?.key as string, values[rest % values.length] as JsonValue])
      rest = Math.floor(rest / values.length)
    }
    return Object.fromEntries(chosen)
  })
}

/** Each trial's values come from the seed and its number alone, none twice: how trials end changes nothing. */
export function proposeRandom(space: Space, count: number, seed: number): readonly TrialParams[] {
  const seen = new Set<string>()
  const proposed: TrialParams[] = []
  // A space may hold fewer than it seems, when its numbers lie closer than they are written.
  for (let draw = 0; proposed.length < count && draw < count * 1000 + 10_000; draw++) {
    const params = Object.fromEntries(space.map(({ key, space: one }) => [key, pick(one, chance(seed, draw, key))]))
    const spelt = canonicalJson(params)
    if (seen.has(spelt)) continue
    seen.add(spelt)
    proposed.push(params)
  }
  return proposed
}

function pick(space: ParamSpace, chosen: number): JsonValue {
  if (space.kind === 'values' || space.points !== null) {
    const values = listValues(space) as readonly JsonValue[]
    return values[Math.floor(chosen * values.length)] as JsonValue
  }
  const { low, high, integer, step } = space
  if (step !== null) return tidy(low + Math.floor(chosen * countSteps(low, high, step)) * step)
  if (!integer) return at(space, chosen)
  // Each whole number has the stretch of the scale around it.
  const wide = at({ ...space, low: low - 0.5, high: high + 0.5 }, chosen)
  return Math.min(high, Math.max(low, Math.round(wide)))
}

function at({ low, high, log }: Range, part: number): number {
  if (part <= 0) return low
  if (part >= 1) return high
  return tidy(log ? Math.exp(Math.log(low) + part * (Math.log(high) - Math.log(low))) : low + part * (high - low))
}

/** 0.30000000000000004 is 0.3 to a person; twelve digits are more than any search needs. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** From 0 up to 1, the same for the same words. */
function chance(seed: number, draw: number, key: string): number {
  const bytes = createHash('sha256').update(`${seed}\n${draw}\n${key}`).digest()
  return bytes.readUIntBE(0, 6) / 2 ** 48
}
