import type { Database } from '../database/database.ts'
import { type DescribedFailure, fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Sweep, SweepDetail, SweepEvent, SweepPlan, SweepState, Trial, TrialState } from '../domain/sweep.ts'
import { newId } from '../tracking/new-id.ts'
import type { ProcessIdentity } from '../tracking/process-identity.ts'
import type { TrialParams } from './propose-trials.ts'

const idLength = 8
const shortestPrefix = 4

type SweepRow = {
  readonly number: number
  readonly id: string
  readonly state: SweepState
  readonly started_at: string
  readonly ended_at: string | null
  readonly failure: string | null
  readonly owner: string
  readonly plan: string
}
type TrialRow = {
  readonly number: number
  readonly state: TrialState
  readonly params: string
  readonly run: string | null
  readonly value: number | null
  readonly iteration: number | null
  readonly failure: string | null
  readonly asked: number
  readonly told: number | null
  readonly started_at: string | null
  readonly ended_at: string | null
}

export type TrialEnd = {
  readonly state: 'completed' | 'failed' | 'stopped' | 'canceled'
  readonly value: number | null
  /** Where `value` was logged, when it was stopped. */
  readonly iteration: number | null
  readonly failure: DescribedFailure | null
}

/** What was said to a search that learns, as far as it was: asking gave the params, telling gave the end. */
export type SearchEvent =
  | { readonly kind: 'ask'; readonly number: number; readonly params: TrialParams }
  | { readonly kind: 'tell'; readonly number: number; readonly end: TrialEnd }

export type SweepStore = ReturnType<typeof createSweepStore>

const now = () => new Date().toISOString()
const noCounts = { queued: 0, running: 0, completed: 0, failed: 0, stopped: 0, canceled: 0 }

/** Sweeps and their trials as they are recorded. Every change is one transaction; watchers hear of it after that. */
export function createSweepStore(database: Database) {
  const prepare = database.prepare.bind(database)
  const byNewest = prepare<SweepRow>('SELECT * FROM sweep ORDER BY number DESC')
  const byId = prepare<SweepRow>('SELECT * FROM sweep WHERE id = ?')
  const byPrefix = prepare<SweepRow>('SELECT * FROM sweep WHERE id >= ? AND id < ? ORDER BY id LIMIT 6')
  const running = prepare<SweepRow>("SELECT * FROM sweep WHERE state = 'running' ORDER BY number")
  const insert = prepare<never>("INSERT INTO sweep (id, state, started_at, owner, plan) VALUES (?, 'running', ?, ?, ?)")
  const reopen = prepare<never>(
    "UPDATE sweep SET state = 'running', ended_at = NULL, failure = NULL, owner = ? WHERE number = ?",
  )
  const end = prepare<never>('UPDATE sweep SET state = ?, ended_at = ?, failure = ? WHERE number = ?')
  const trialsOf = prepare<TrialRow>('SELECT * FROM trial WHERE sweep = ? ORDER BY number')
  const findTrial = prepare<TrialRow>('SELECT * FROM trial WHERE sweep = ? AND number = ?')
  const countsOf = prepare<{ state: TrialState; count: number }>(
    'SELECT state, count(*) AS count FROM trial WHERE sweep = ? GROUP BY state',
  )
  const largest = prepare<TrialRow>(
    "SELECT * FROM trial WHERE sweep = ? AND state = 'completed' ORDER BY value DESC, number LIMIT 1",
  )
  const smallest = prepare<TrialRow>(
    "SELECT * FROM trial WHERE sweep = ? AND state = 'completed' ORDER BY value, number LIMIT 1",
  )
  const lastWord = prepare<{ last: number | null }>(
    'SELECT max(max(asked, COALESCE(told, 0))) AS last FROM trial WHERE sweep = ?',
  )
  const insertTrial = prepare<never>(
    "INSERT INTO trial (sweep, number, state, params, asked) VALUES (?, ?, 'queued', ?, ?)",
  )
  const startTrial = prepare<never>(
    "UPDATE trial SET state = 'running', run = ?, started_at = ?, ended_at = NULL WHERE sweep = ? AND number = ?",
  )
  const endTrial = prepare<never>(
    `UPDATE trial SET state = ?, value = ?, iteration = ?, failure = ?, told = ?, ended_at = ?
     WHERE sweep = ? AND number = ?`,
  )
  const requeue = prepare<never>(
    `UPDATE trial SET state = 'queued', value = NULL, iteration = NULL, failure = NULL, told = NULL, ended_at = NULL
     WHERE sweep = ? AND (state IN ('running', 'canceled') OR (state = 'failed' AND ?))`,
  )
  const interruptTrials = prepare<never>(
    "UPDATE trial SET state = 'canceled', ended_at = ?, failure = ? WHERE sweep = ? AND state = 'running'",
  )
  const listeners = new Set<(event: SweepEvent) => void>()

  function find(reference: string): SweepRow {
    const exact = reference === 'latest' ? byNewest.get() : byId.get([reference])
    if (exact) return exact
    const near = reference.length >= shortestPrefix ? byPrefix.all([reference, `${reference}\u{10ffff}`]) : []
    if (near.length > 1)
      throw fail('sweeps/ambiguous', { sweep: reference, matches: near.slice(0, 5).map(({ id }) => id) })
    if (!near[0]) throw fail('sweeps/notFound', { sweep: reference })
    return near[0]
  }

  function toSweep(row: SweepRow): Sweep {
    const plan: SweepPlan = JSON.parse(row.plan)
    const best = (plan.goal === 'max' ? largest : smallest).get([row.number])
    const counts = Object.fromEntries(countsOf.all([row.number]).map(({ state, count }) => [state, count]))
    return {
      id: row.id,
      state: row.state,
      plan,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      failure: row.failure === null ? null : JSON.parse(row.failure),
      counts: { ...noCounts, ...counts },
      best: best ? { trial: best.number, runId: best.run as string, value: best.value as number } : null,
    }
  }

  function announce(id: string, numbers: readonly number[]): Sweep {
    const row = find(id)
    const sweep = toSweep(row)
    for (const number of numbers) {
      const trial = toTrial(findTrial.get([row.number, number]) as TrialRow)
      for (const listener of listeners) listener({ kind: 'trial', sweepId: id, trial })
    }
    for (const listener of listeners) listener({ kind: 'sweep', sweep })
    return sweep
  }

  const nextWord = (sweep: number) => (lastWord.get([sweep])?.last ?? 0) + 1

  return {
    resolve: (reference: string) => find(reference).id,
    list: (): readonly Sweep[] => byNewest.all().map(toSweep),
    sweep: (reference: string): Sweep => toSweep(find(reference)),
    trial(reference: string, number: number): Trial | null {
      const row = findTrial.get([find(reference).number, number])
      return row ? toTrial(row) : null
    },
    get(reference: string): SweepDetail {
      const row = find(reference)
      return { sweep: toSweep(row), trials: trialsOf.all([row.number]).map(toTrial) }
    },
    create(plan: SweepPlan, owner: ProcessIdentity, trials: readonly TrialParams[]): Sweep {
      const id = database.transaction(() => {
        let chosen = newId(idLength)
        while (byPrefix.get([chosen.slice(0, shortestPrefix), `${chosen.slice(0, shortestPrefix)}~`]))
          chosen = newId(idLength)
        const sweep = insert.run([chosen, now(), canonicalJson(owner), canonicalJson(plan)]).lastId
        trials.forEach((params, index) => {
          insertTrial.run([sweep, index + 1, canonicalJson(params), index + 1])
        })
        return chosen
      })
      return announce(id, [])
    },
    /** Another trial, as a search proposed it. */
    addTrial(id: string, number: number, params: TrialParams): void {
      const row = find(id)
      database.transaction(() => insertTrial.run([row.number, number, canonicalJson(params), nextWord(row.number)]))
      announce(id, [number])
    },
    startTrial(id: string, number: number, runId: string): void {
      const row = find(id)
      database.transaction(() => startTrial.run([runId, now(), row.number, number]))
      announce(id, [number])
    },
    endTrial(id: string, number: number, { state, value, iteration, failure }: TrialEnd): void {
      const row = find(id)
      const words = failure && canonicalJson(failure)
      database.transaction(() =>
        endTrial.run([state, value, iteration, words, nextWord(row.number), now(), row.number, number]),
      )
      announce(id, [number])
    },
    /** Everything that was said to its search, in order. */
    searchEvents(id: string): readonly SearchEvent[] {
      const rows = trialsOf.all([find(id).number])
      const asked = rows.map((row) => ({ at: row.asked, event: { kind: 'ask', ...toTrial(row) } as SearchEvent }))
      const told = rows.flatMap((row) =>
        row.told === null
          ? []
          : [
              {
                at: row.told,
                event: {
                  kind: 'tell',
                  number: row.number,
                  end: { ...toTrial(row), iteration: row.iteration },
                } as SearchEvent,
              },
            ],
      )
      return [...asked, ...told].sort((a, b) => a.at - b.at).map(({ event }) => event)
    },
    /** Goes on: what was under way or cancelled waits again, and what failed when that is wanted. */
    reopen(id: string, owner: ProcessIdentity, retryFailed: boolean): Sweep {
      const row = find(id)
      database.transaction(() => {
        requeue.run([row.number, retryFailed ? 1 : 0])
        reopen.run([canonicalJson(owner), row.number])
      })
      return announce(
        id,
        trialsOf.all([row.number]).map(({ number }) => number),
      )
    },
    end(id: string, state: Exclude<SweepState, 'running'>, failure: DescribedFailure | null): Sweep {
      const row = find(id)
      database.transaction(() => end.run([state, now(), failure && canonicalJson(failure), row.number]))
      return announce(id, [])
    },
    /** Ends one whose core died: what was under way is neither done nor told to its search. */
    interrupt(id: string, failure: DescribedFailure): Sweep {
      const row = find(id)
      database.transaction(() => {
        interruptTrials.run([now(), canonicalJson(failure), row.number])
        end.run(['failed', now(), canonicalJson(failure), row.number])
      })
      return announce(id, [])
    },
    /** Those that some process says it runs. */
    unfinished: (): readonly { readonly id: string; readonly owner: ProcessIdentity }[] =>
      running.all().map(({ id, owner }) => ({ id, owner: JSON.parse(owner) })),
    watch(emit: (event: SweepEvent) => void): () => void {
      listeners.add(emit)
      return () => listeners.delete(emit)
    },
  }
}

function toTrial(row: TrialRow): Trial {
  return {
    number: row.number,
    state: row.state,
    params: JSON.parse(row.params),
    runId: row.run,
    value: row.value,
    failure: row.failure === null ? null : JSON.parse(row.failure),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}
