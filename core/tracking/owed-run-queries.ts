import type { Database } from '../database/database.ts'
import { fail } from '../domain/failure.ts'
import type { RunRow } from './run-rows.ts'

export type OwedRuns = {
  readonly count: number
  /** What keeps them from being written out. */
  readonly cause: string
  /** It is no disk that refuses: trying again does not help. */
  readonly isHurt: boolean
}

const findTrouble = (database: Database) => {
  const { refusal, failures } = database.settleOwed()
  const cause = refusal?.message ?? failures[0]?.message ?? database.readOnly?.message ?? 'their turn has not come.'
  return { cause, isHurt: refusal === null && failures.length > 0 }
}

/** Runs of which all was reused that are still without what follows from them, after it was tried again. */
export function findOwedRuns(database: Database): OwedRuns {
  const trouble = findTrouble(database)
  const count = database.prepare<{ count: number }>('SELECT count(*) AS count FROM reused_run').get()?.count ?? 0
  return { count, ...trouble }
}

/** @returns what throws tracking/stepsOwed for a run that would be read without its steps */
export function createSpeltOutCheck(database: Database): (run: RunRow) => void {
  const find = database.prepare('SELECT run FROM reused_run WHERE run = ?')
  return ({ id, number }) => {
    if (!find.get([number])) return
    const { cause } = findTrouble(database)
    if (find.get([number])) throw fail('tracking/stepsOwed', { run: id, cause })
  }
}
