import type { ParamSpace, Trial } from '../../../core/domain/sweep.ts'

export type Valued = Trial & { readonly value: number }

/** Where the trials stand on the axis of one param: by number, by decade, or by place among its words. */
export type TrialAxis = {
  readonly key: string
  readonly isLog: boolean
  /** What stands at each whole number, where the param has no scale. */
  readonly words: readonly string[] | null
  readonly at: (trial: Trial) => number
}

export function isValued(trial: Trial): trial is Valued {
  return trial.value !== null && trial.state === 'completed'
}

export function axisOf(key: string, space: ParamSpace, trials: readonly Trial[]): TrialAxis {
  const isNumber = trials.every((trial) => typeof trial.params[key] === 'number')
  const words = isNumber ? null : [...new Set(trials.map((trial) => spell(trial.params[key])))]
  const isLog = isNumber && (space.kind === 'range' ? space.log : isWide(trials, key))
  const at = (trial: Trial) => (words ? words.indexOf(spell(trial.params[key])) : (trial.params[key] as number))
  return { key, isLog, words, at }
}

/** Values listed over decades are meant to be seen by decades. */
function isWide(trials: readonly Trial[], key: string): boolean {
  const values = trials.map((trial) => trial.params[key] as number)
  return Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= 50
}

function spell(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
