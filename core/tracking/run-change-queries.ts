import type { Database } from '../database/database.ts'

/**
 * Runs that something was written of since it was last asked, by their numbers; null when one was taken away or came back.
 * Whoever writes, through whatever statement: triggers of this connection note it, and what is rolled back is not noted.
 */
export type RunChanges = { take(): readonly number[] | null }

/** Each table, with the column that says which run a row belongs to. */
const tables = [
  ['run', 'number'],
  ['run_param', 'run'],
  ['run_tag', 'run'],
  ['metric_latest', 'run'],
  ['step_run', 'run'],
] as const
const takenAway = -1

export function createRunChanges(database: Database): RunChanges {
  // Nothing is written there.
  if (database.readOnly) return { take: () => [] }
  const note = (number: string) => `BEGIN INSERT OR IGNORE INTO run_change (run) VALUES (${number}); END`
  database.transaction(() => {
    database.prepare('CREATE TEMP TABLE run_change (run INTEGER PRIMARY KEY)').run()
    for (const [table, run] of tables) {
      const trigger = (when: string, number: string) =>
        database.prepare(`CREATE TEMP TRIGGER ${table}_${when} AFTER ${when} ON main.${table} ${note(number)}`).run()
      trigger('insert', `new.${run}`)
      trigger('update', `new.${run}`)
      trigger('delete', table === 'run' ? String(takenAway) : `old.${run}`)
    }
    // A deleted run has no row among those that are shown, wherever it stood.
    database
      .prepare(`CREATE TEMP TRIGGER run_deletion AFTER UPDATE OF deleted_at ON main.run ${note(String(takenAway))}`)
      .run()
  })
  // Asked as a question, so that records can be read on after the disk refused a write.
  const takeAll = database.prepare<never>('DELETE FROM run_change RETURNING run')
  return {
    take() {
      const numbers = takeAll.values().map(([run]) => run as number)
      return numbers.includes(takenAway) ? null : numbers
    },
  }
}
