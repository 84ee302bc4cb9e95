export type Shape = 'chain' | 'fan-out'

/**
 * The same trivial pipeline for everybody: step 0 gives 0, and each other step adds its own offset (1 by default)
 * to what the step before it (chain) or step 0 (fan-out) gave. The last step's offset is the leaf that changes.
 */
export type Plan = { readonly shape: Shape; readonly steps: number }

export const nameOf = (index: number) => `s${index}`

/** The step whose result a step takes; null for the first. */
export function before({ shape }: Plan, index: number): number | null {
  if (index === 0) return null
  return shape === 'chain' ? index - 1 : 0
}

/** What every contender must give: the value of each step, in order. */
export function valuesOf(plan: Plan, leafOffset: number): readonly number[] {
  const values: number[] = []
  for (let index = 0; index < plan.steps; index++) {
    const from = before(plan, index)
    const offset = index === plan.steps - 1 ? leafOffset : 1
    values.push(from === null ? (plan.steps === 1 ? leafOffset : 0) : (values[from] as number) + offset)
  }
  return values
}

/** Offset of each step: constant but for the leaf. The first step of several gives 0. */
export function offsetOf(plan: Plan, index: number, leafOffset: number): number {
  if (index === plan.steps - 1) return leafOffset
  return index === 0 ? 0 : 1
}
