import type { Database } from '../database/database.ts'
import { fail } from '../domain/failure.ts'
import type { LineageStore } from '../lineage/lineage.ts'
import type { RunRow } from './run-rows.ts'

export type DeletedRow = RunRow & { readonly deleted_at: string }

const shortestPrefix = 4

/** Runs that were deleted and are not over yet. */
export function createDeletedRunQueries(database: Database) {
  const prepare = database.prepare.bind(database)
  const deleted = prepare<DeletedRow>(
    'SELECT * FROM run WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, number DESC',
  )
  const byId = prepare<RunRow>('SELECT * FROM run WHERE id = ? AND deleted_at IS NOT NULL')
  const byPrefix = prepare<RunRow>(
    'SELECT * FROM run WHERE id >= ? AND id < ? AND deleted_at IS NOT NULL ORDER BY id LIMIT 6',
  )
  /** Which runs show results of deleted ones, the newest first. All step runs are looked at for it. */
  const uses = prepare<{ origin: number; user: number; user_id: string }>(
    `SELECT DISTINCT own.run AS origin, reuse.run AS user, other.id AS user_id
     FROM step_run AS reuse JOIN step_run AS own ON own.id = reuse.reuses
     JOIN run AS origin ON origin.number = own.run JOIN run AS other ON other.number = reuse.run
     WHERE reuse.reuses IS NOT NULL AND origin.deleted_at IS NOT NULL AND reuse.run <> own.run
     ORDER BY reuse.run DESC`,
  )
  // A model may have been made of one since: by its bytes, which another run gave as well.
  const ofModel = prepare('SELECT number FROM model_version WHERE run = ? LIMIT 1')
  const usersOf = (rows: readonly DeletedRow[]) =>
    Map.groupBy(rows.length === 0 ? [] : uses.all(), ({ origin }) => origin)

  return {
    /** Newest deletion first, each with the newest run that shows results of it. */
    list(): readonly { readonly row: DeletedRow; readonly usedBy: string | null }[] {
      const rows = deleted.all()
      const users = usersOf(rows)
      return rows.map((row) => ({ row, usedBy: users.get(row.number)?.[0]?.user_id ?? null }))
    },

    /** Those that may go together: no run shows results of one of them that does not go with it. */
    removable(isOver: (row: DeletedRow) => boolean): readonly DeletedRow[] {
      const rows = deleted.all().filter((row) => isOver(row) && !ofModel.get([row.number]))
      const users = usersOf(rows)
      for (let left = rows; ; ) {
        const going = new Set(left.map(({ number }) => number))
        const next = left.filter(({ number }) => !users.get(number)?.some(({ user }) => !going.has(user)))
        if (next.length === left.length) return left
        left = next
      }
    },

    /** @throws tracking/runNotDeleted, tracking/runAmbiguous */
    find(reference: string): RunRow {
      const exact = byId.get([reference])
      if (exact) return exact
      const near = reference.length >= shortestPrefix ? byPrefix.all([reference, `${reference}\u{10ffff}`]) : []
      if (near.length > 1)
        throw fail('tracking/runAmbiguous', { run: reference, matches: near.slice(0, 5).map(({ id }) => id) })
      if (!near[0]) throw fail('tracking/runNotDeleted', { run: reference })
      return near[0]
    },
  }
}

/** Marks runs as deleted, takes that back, and takes them away in the end. Who calls holds the transaction. */
export function createDeletedRunsStore(database: Database, lineage: Pick<LineageStore, 'forgetRuns'>) {
  const prepare = database.prepare.bind(database)
  const queries = createDeletedRunQueries(database)
  const mark = prepare<never>('UPDATE run SET deleted_at = ? WHERE number = ?')
  const unmark = prepare<never>('UPDATE run SET deleted_at = NULL WHERE number = ?')
  const needing = prepare<{ what: string }>(
    `SELECT 'model ' || name || '@' || version AS what FROM model_version WHERE run = :number
     UNION ALL
     SELECT 'sweep ' || sweep.id || ' that goes on' FROM trial JOIN sweep ON sweep.number = trial.sweep
     WHERE trial.run = :id AND sweep.state = 'running' LIMIT 1`,
  )
  const owed = prepare('SELECT run FROM reused_run LIMIT 1')
  const forgetUses = prepare<never>('DELETE FROM dataset_use WHERE run = ?')
  const remove = prepare<never>('DELETE FROM run WHERE number = ?')

  return {
    /** @throws tracking/wrongState, tracking/runNeeded */
    mark({ number, id, state }: RunRow, at: string): void {
      if (state === 'queued' || state === 'running')
        throw fail('tracking/wrongState', { what: `Run ${id}`, state, wanted: 'deleted' })
      const need = needing.get({ number, id })
      if (need) throw fail('tracking/runNeeded', { run: id, by: need.what })
      mark.run([at, number])
    },

    unmark: ({ number }: Pick<RunRow, 'number'>): void => void unmark.run([number]),

    /** For good, with all that hangs on them. @returns their ids */
    remove(isOver: (row: DeletedRow) => boolean): readonly string[] {
      // What is owed names results that no row names yet.
      if (owed.get()) return []
      const over = queries.removable(isOver)
      lineage.forgetRuns(over.map(({ id }) => id))
      for (const { number, id } of over) {
        forgetUses.run([id])
        remove.run([number])
      }
      return over.map(({ id }) => id)
    },
  }
}
