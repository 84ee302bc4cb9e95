import type { Database } from '../database/database.ts'
import { fail } from '../domain/failure.ts'
import type { RunRow } from './run-rows.ts'

const shortestPrefix = 4

/** RUN as people give it: an id, a unique prefix of it, or `latest`. @throws tracking/runNotFound, tracking/runAmbiguous */
export function createRunFinder(database: Database): (reference: string) => RunRow {
  const latest = database.prepare<RunRow>('SELECT * FROM run ORDER BY number DESC LIMIT 1')
  const byId = database.prepare<RunRow>('SELECT * FROM run WHERE id = ?')
  const byPrefix = database.prepare<RunRow>('SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY id LIMIT 6')

  return (reference) => {
    const exact = reference === 'latest' ? latest.get() : byId.get([reference])
    if (exact) return exact
    const near = reference.length >= shortestPrefix ? byPrefix.all([reference, `${reference}\u{10ffff}`]) : []
    if (near.length > 1) {
      throw fail('tracking/runAmbiguous', { run: reference, matches: near.slice(0, 5).map((row) => row.id) })
    }
    const only = near[0]
    if (!only) throw fail('tracking/runNotFound', { run: reference })
    return only
  }
}
