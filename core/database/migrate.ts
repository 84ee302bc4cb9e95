import { fail } from '../domain/failure.ts'
import { applicationId, type Connection, findDamage, readVersion } from './connection.ts'
import type { Migration } from './migrations.ts'
import { toDatabaseFailure } from './sqlite-failure.ts'

/**
 * Applies what is missing, each migration in a transaction of its own together with the version that it makes:
 * a cut leaves the old or the new, never something between.
 * @throws database/migrationFailed, and what the disk refuses
 */
export function migrate(connection: Connection, file: string, migrations: readonly Migration[]): void {
  const missing = migrations.filter((migration) => migration.version > readVersion(connection))
  if (missing.length === 0) return
  // Tables may be rebuilt under a migration; references are checked as a whole at its end instead.
  connection.pragma('foreign_keys = OFF')
  try {
    for (const migration of missing) apply(connection, file, migration)
  } finally {
    connection.pragma('foreign_keys = ON')
  }
}

function apply(connection: Connection, file: string, migration: Migration): void {
  try {
    connection.exec('BEGIN IMMEDIATE')
    connection.exec(migration.sql)
    connection.pragma(`application_id = ${applicationId}`)
    connection.pragma(`user_version = ${migration.version}`)
    const damage = findDamage(connection)
    if (damage.length > 0) throw new Error(damage[0])
    connection.exec('COMMIT')
  } catch (error) {
    rollBack(connection)
    throw (
      toDatabaseFailure(error, file) ??
      fail(
        'database/migrationFailed',
        { file, migration: migration.name, cause: (error as Error).message },
        { cause: error },
      )
    )
  }
}

function rollBack(connection: Connection): void {
  try {
    connection.exec('ROLLBACK')
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error
  }
}
