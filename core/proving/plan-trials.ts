import type { CauseFactor, ProofCause } from '../domain/proof.ts'
import type { Conditions } from './conditions.ts'
import { nativeShift } from './native-clock.ts'

export type Trial = {
  readonly factor: CauseFactor
  readonly change: string
  readonly conditions: Conditions
  /** False where nearly every step changes with it: then only the recorded value itself is a proof. */
  readonly tellsByChange: boolean
}

const threadVariables = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NUMEXPR_NUM_THREADS']
const zones = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Tokyo']
const daySeconds = 86_400

/** Repeats differ among themselves: which condition, held fixed, makes them agree. */
export function planStabilisers(startedAtSeconds: number): readonly Trial[] {
  return [
    trial('randomness', 'random numbers from a fixed seed', { randomSeed: 20_240_229 }),
    trial('clock', 'the clock stopped at the start of the recorded step', { clock: { frozenAt: startedAtSeconds } }),
    trial('threads', 'one thread', { variables: threads(1) }),
    trial('directoryOrder', 'folders listed in order of names', { directoryOrder: 'sorted' }),
  ]
}

/** Repeats agree: which condition, changed alone, gives what was recorded, or at least something else. */
export function planChanges(
  startedAtSeconds: number,
  now: {
    readonly seconds: number
    readonly zone: string
    readonly hashSeed: string
    readonly cpus: number
    readonly nativeClock: string | null
  },
): readonly Trial[] {
  const agoSeconds = startedAtSeconds - now.seconds
  return [
    ...zones
      .filter((zone) => zone !== now.zone)
      .map((zone) => trial('timeZone', `time zone ${zone}`, { variables: { TZ: zone } })),
    ...['1', '2', '7', '42']
      .filter((seed) => seed !== now.hashSeed)
      .map((seed) => trial('hashSeed', `hash seed ${seed}`, { variables: { PYTHONHASHSEED: seed } })),
    trial('directoryOrder', 'folders listed in order of names', { directoryOrder: 'sorted' }),
    trial('directoryOrder', 'folders listed in reverse order of names', { directoryOrder: 'reversed' }),
    trial('clock', 'the clock set back to the recorded start', { clock: { shiftSeconds: agoSeconds } }),
    trial('clock', 'the clock 400 days ahead', { clock: { shiftSeconds: 400 * daySeconds } }),
    ...nativeClockTrials(now.nativeClock, [
      ['the clock of compiled code too set back to the recorded start', agoSeconds],
      ['the clock of compiled code too 400 days ahead', 400 * daySeconds],
    ]),
    trial('locale', 'locale C', { variables: { LC_ALL: 'C', LANG: null } }),
    trial('locale', 'locale C.UTF-8', { variables: { LC_ALL: 'C.UTF-8', LANG: null } }),
    trial('threads', 'one thread', { variables: threads(1) }),
    trial('threads', `${Math.max(2, now.cpus)} threads`, { variables: threads(Math.max(2, now.cpus)) }),
    { ...trial('rowOrder', 'rows of the inputs in reverse order', { rowOrder: 'reversed' }), tellsByChange: false },
  ]
}

function nativeClockTrials(
  library: string | null,
  shifts: readonly (readonly [change: string, seconds: number])[],
): readonly Trial[] {
  if (library === null) return []
  return shifts.map(([change, seconds]) => trial('clock', change, { variables: nativeShift(library, seconds) }))
}

function trial(factor: CauseFactor, change: string, conditions: Conditions): Trial {
  return { factor, change, conditions, tellsByChange: true }
}

function threads(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(threadVariables.map((name) => [name, String(count)]))
}

const causes: Record<Exclude<CauseFactor, 'unexplained'>, { readonly what: string; readonly remedy: string }> = {
  randomness: { what: 'random numbers without a seed', remedy: 'Give it a seed, best as a param.' },
  clock: { what: 'the clock', remedy: 'Take the time as a param, or leave it out of what the step returns.' },
  timeZone: { what: 'the time zone', remedy: 'Name the zone where times are made or read, such as UTC.' },
  hashSeed: {
    what: 'the hash seed of Python (the order of sets of text)',
    remedy: 'Sort what comes out of a set before it is used.',
  },
  directoryOrder: {
    what: 'the order in which folders are listed',
    remedy: 'Sort what os.listdir, glob or iterdir give.',
  },
  threads: {
    what: 'the number of threads (sums in another order)',
    remedy: 'Set cpus = 1 for the step, or round what depends on the last digits.',
  },
  locale: { what: 'the locale', remedy: 'Give formats and sort orders a locale of their own.' },
  rowOrder: { what: 'the order of the rows that it received', remedy: 'Sort the rows by a key before they are used.' },
}

export function describeCause(
  step: string,
  factor: CauseFactor,
  evidence: ProofCause['evidence'],
  change: string,
  nativeClock: string | null,
): string {
  if (factor === 'unexplained' || evidence === null)
    return evidence === null && change !== ''
      ? `Step ${step} gives something else each time it is executed, and none of the conditions tried makes it steady.`
      : `Step ${step} gives the same each time now, and none of the conditions tried brings back what was recorded.${nativeClock === null ? ' The clock that compiled code asks was not tried: that takes libfaketime, which is not installed here.' : ''}`
  const { what, remedy } = causes[factor]
  const why = {
    reproduces: `with ${change} it gives exactly what was recorded`,
    stabilises: `repeats differ from each other, and with ${change} they agree`,
    changes: `repeats agree, and with ${change} alone the same artifact changes`,
  }[evidence]
  return `Step ${step} depends on ${what}: ${why}. ${remedy}`
}
