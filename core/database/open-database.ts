import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { fail, isFailure } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import { noteSound, soundSince } from './checked-state.ts'
import { applicationId, type Connection, prepareForWriting, readVersion } from './connection.ts'
import type { Database, ReadOnlyReason } from './database.ts'
import { inspectDatabaseFile } from './inspect-file.ts'
import { migrate } from './migrate.ts'
import { defaultMigrationsFolder, type Migration, readMigrations } from './migrations.ts'
import { ownShrinkProgram, type ShrinkProgram } from './shrink-file.ts'
import { toDatabaseFailure } from './sqlite-failure.ts'
import { backUp, createFile, sweepUnfinished } from './whole-file.ts'
import { wrapConnection } from './wrap-connection.ts'

/** Below it, two connections could lose each other's writes in the write-ahead log. */
const oldestSqlite = '3.51.3'
const busyTimeoutMs = 5_000
/** For what can as well be done another time. */
const hardlyAnyMs = 100
/** A whole check costs a read of the file: taken while that is cheap, where it was not closed well or long ago; by doctor always. */
const checkedAtOpenBytes = 8 * 1024 * 1024

/**
 * Opens `slipway.db` in a project's `.slipway` folder: makes it when the project is new, brings an older one to the
 * present schema after a verified backup, and opens for review only what may not be written.
 * Nothing that stands in its place is ever replaced.
 * @throws database/notADatabase, database/missing, database/hurt, database/migrationFailed and what the disk refuses
 */
export function openProjectDatabase(
  slipwayFolder: string,
  options: { readonly migrationsFolder?: string | undefined; readonly shrinkProgram?: ShrinkProgram | undefined } = {},
): Database {
  const file = join(slipwayFolder, 'slipway.db')
  const migrations = readMigrations(options.migrationsFolder ?? defaultMigrationsFolder())
  const known = migrations.length
  try {
    refuseOldSqlite()
    const refusal = describeRefusal(slipwayFolder, file)
    const state = inspectDatabaseFile(file, slipwayFolder)
    if (refusal !== null) {
      const reason: ReadOnlyReason = { kind: 'folder', message: refusal }
      return state === 'absent' ? openEmpty(file, migrations, reason) : openUnwritable(file, migrations, reason)
    }
    sweepUnfinished(file)
    if (state === 'absent') createFile(connect, file, migrations)
    const checkedAt = soundSince(file)
    const found = peekVersion(file)
    if (found > known) {
      const connection = connect(file, { readonly: true })
      return wrapConnection(connection, file, newerSchema(found, known))
    }
    const connection = connect(file)
    try {
      prepareForWriting(connection)
      const soundAt = checkedAt ?? refuseDamaged(connection, file)
      if (found < known) backUp(connect, connection, file, found)
      migrate(connection, file, migrations)
      return wrapConnection(connection, file, null, {
        closedWell: () => soundAt !== null && noteSound(file, soundAt),
        shrinkProgram: options.shrinkProgram ?? ownShrinkProgram(),
      })
    } catch (error) {
      connection.close()
      throw error
    }
  } catch (error) {
    if (isFailure(error)) throw error
    throw toDatabaseFailure(error, file) ?? toFileFailure(error, file) ?? error
  }
}

/** A second connection, which waits hardly at all for whoever has the file now. */
export function openBeside(file: string): Connection {
  return connect(file, { timeout: hardlyAnyMs })
}

function connect(file: string, options: { readonly readonly?: boolean; readonly timeout?: number } = {}): Connection {
  return new SqliteDriver(file, { timeout: busyTimeoutMs, ...options, fileMustExist: true })
}

function peekVersion(file: string): number {
  const connection = connect(file, { readonly: true })
  try {
    return readOwnVersion(connection, file)
  } finally {
    connection.close()
  }
}

function readOwnVersion(connection: Connection, file: string): number {
  const application = connection.pragma('application_id', { simple: true })
  if (application !== applicationId) {
    throw fail('database/notADatabase', { file, what: 'a database of another application' })
  }
  return readVersion(connection)
}

/** When it was found sound: now; null where it is too large to be asked. */
function refuseDamaged(connection: Connection, file: string): number | null {
  if (statSync(file).size > checkedAtOpenBytes) return null
  const finding = connection.pragma('quick_check(1)', { simple: true })
  if (finding !== 'ok') throw fail('database/hurt', { file, finding: String(finding) })
  return Date.now()
}

/** SQLite must write beside a database with a write-ahead log even to read it; so a copy is reviewed, log included. */
function openUnwritable(file: string, migrations: readonly Migration[], reason: ReadOnlyReason): Database {
  const copyFolder = mkdtempSync(join(tmpdir(), 'slipway-review-'))
  const copy = join(copyFolder, 'slipway.db')
  const known = migrations.length
  const dropCopy = () => rmSync(copyFolder, { recursive: true, force: true })
  let connection: Connection | undefined
  try {
    copyFileSync(file, copy)
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    for (const each of [copy, `${copy}-wal`]) if (existsSync(each)) chmodSync(each, 0o600)
    connection = connect(copy)
    const found = readOwnVersion(connection, file)
    if (found < known) migrate(connection, file, migrations)
    return wrapConnection(connection, file, found > known ? newerSchema(found, known) : reason, {
      copy: { drop: dropCopy },
    })
  } catch (error) {
    connection?.close()
    dropCopy()
    throw error
  }
}

/** A project that never recorded anything, in a folder that takes nothing: empty, and for review only. */
function openEmpty(file: string, migrations: readonly Migration[], reason: ReadOnlyReason): Database {
  const connection: Connection = new SqliteDriver(':memory:')
  migrate(connection, file, migrations)
  return wrapConnection(connection, file, reason)
}

function newerSchema(found: number, known: number): ReadOnlyReason {
  const message = `its records have format ${found}, this Slipway knows up to ${known}.`
  return { kind: 'newerSchema', found, known, message }
}

/** In words, why the folder or the file takes no writes; null when it does. Makes the folder when it can. */
function describeRefusal(slipwayFolder: string, file: string): string | null {
  try {
    mkdirSync(slipwayFolder, { recursive: true, mode: 0o700 })
    accessSync(slipwayFolder, constants.W_OK)
    if (existsSync(file)) accessSync(file, constants.W_OK)
    // A disk that was found damaged takes nothing, whatever its rights say: only trying tells.
    const probe = `${file}.new-${process.pid}`
    closeSync(openSync(probe, 'w', 0o600))
    rmSync(probe)
    return null
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    // Making a folder there may also be told as ENOENT, although what is to hold it exists.
    const cannotBeMade = code === 'ENOENT' && existsSync(dirname(slipwayFolder))
    if (code === 'EROFS' || cannotBeMade) return 'its folder lies on a read-only disk.'
    if (isOutOfSpace(error)) return null
    if (code === 'EACCES' || code === 'EPERM') return 'its folder may not be written by you.'
    throw error
  }
}

function refuseOldSqlite(): void {
  const probe = new SqliteDriver(':memory:')
  const found = probe.prepare<[], { version: string }>('SELECT sqlite_version() AS version').get()?.version ?? '0'
  probe.close()
  const toNumber = (version: string) => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0)
  if (toNumber(found) < toNumber(oldestSqlite)) throw fail('database/sqliteTooOld', { found, needed: oldestSqlite })
}

function toFileFailure(error: unknown, file: string) {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (typeof code !== 'string') return null
  if (isOutOfSpace(error)) return fail('database/full', { file }, { cause: error })
  return fail('database/unwritable', { file, cause: code }, { cause: error })
}
