import type { Database } from '../database/database.ts'
import { fail } from '../domain/failure.ts'
import type { RunRow } from './run-rows.ts'

const shortestPrefix = 4

export type RunFinder = (reference: string, withDeleted?: boolean) => RunRow

/**
 * RUN as people give it: an id, a unique prefix of it, or `latest`. A deleted one is named as such, and given where that
 * is asked for alone.
 * @throws tracking/runNotFound, tracking/runAmbiguous, tracking/runDeleted
 */
export function createRunFinder(database: Database): RunFinder {
  const latest = database.prepare<RunRow>('SELECT * FROM run WHERE deleted_at IS NULL ORDER BY number DESC LIMIT 1')
  const byId = database.prepare<RunRow>('SELECT * FROM run WHERE id = ?')
  const byPrefix = database.prepare<RunRow>(
    'SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY deleted_at IS NOT NULL, id LIMIT 6',
  )

  function find(reference: string): RunRow {
    const exact = reference === 'latest' ? latest.get() : byId.get([reference])
    if (exact) return exact
    const near = reference.length >= shortestPrefix ? byPrefix.all([reference, `${reference}\u{10ffff}`]) : []
    const there = near.filter((row) => row.deleted_at === null)
    if (there.length > 1) {
      throw fail('tracking/runAmbiguous', { run: reference, matches: there.slice(0, 5).map((row) => row.id) })
    }
    const only = there[0] ?? near[0]
    if (!only) throw fail('tracking/runNotFound', { run: reference })
    return only
  }

  return (reference, withDeleted = false) => {
    const row = find(reference)
    if (row.deleted_at !== null && !withDeleted)
      throw fail('tracking/runDeleted', { run: row.id, deletedAt: row.deleted_at })
    return row
  }
}
