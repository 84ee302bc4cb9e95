import type { Database } from '../database/database.ts'

/** Of these step runs, those whose output is shown from the file: it is not in the store, and the run is there. */
export function findShownLogs(database: Database, stepRunIds: readonly string[]): ReadonlySet<string> {
  const rows = database
    .prepare<{ id: string }>(
      `SELECT id FROM step_run WHERE id IN (SELECT value FROM json_each(?)) AND log_digest IS NULL`,
    )
    .all([JSON.stringify(stepRunIds)])
  return new Set(rows.map(({ id }) => id))
}
