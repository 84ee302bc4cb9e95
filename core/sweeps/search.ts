import type { TrialParams } from './propose-trials.ts'
import type { TrialEnd } from './sweep-store.ts'

/** Where trials come from, when they are not all known before the first of them. */
export type Search = {
  /** What to try next. Numbers come in order, from 1. @throws sweeps/searchBroken */
  ask(number: number): Promise<TrialParams>
  tell(number: number, end: TrialEnd): Promise<void>
  close(): Promise<void>
}
