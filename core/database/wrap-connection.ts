import { fail } from '../domain/failure.ts'
import { type Connection, type DriverStatement, findDamage, measureTables, readVersion } from './connection.ts'
import type { Database, ReadOnlyReason, SqlParams, SqlValue, Statement } from './database.ts'
import { createOwedWork } from './owed-work.ts'
import { type Shrinking, type ShrinkProgram, startShrinking } from './shrink-file.ts'
import { isDiskError, toDatabaseFailure } from './sqlite-failure.ts'

/**
 * A connection as the rest of core sees it: statements kept, failures typed, transactions that nest.
 * @param copy that it is to a copy of its own of a file that may not be written: what is owed can be written there
 * @param closedWell called when all was written and the file is closed
 * @param shrinkProgram what makes the file smaller; null where it may not be written
 */
export function wrapConnection(
  connection: Connection,
  file: string,
  readOnly: ReadOnlyReason | null,
  {
    copy = null,
    closedWell = () => undefined,
    shrinkProgram = null,
  }: {
    readonly copy?: { readonly drop: () => void } | null
    readonly closedWell?: () => void
    readonly shrinkProgram?: ShrinkProgram | null
  } = {},
): Database {
  const statements = new Map<string, Statement<unknown>>()
  const orders = new Map<string, DriverStatement>()
  let depth = 0
  let diskFailure: unknown = null
  let closed = false
  let isOwedWork = false
  let shrinking: Shrinking | null = null
  const owed = createOwedWork(file, (work) => {
    isOwedWork = true
    try {
      transaction(work)
    } finally {
      isOwedWork = false
    }
  })
  const settle = () => {
    if (depth === 0) owed.settle()
  }

  function guarded<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      const failure = toDatabaseFailure(error, file)
      if (isDiskError(error) && failure?.code !== 'database/full') diskFailure ??= failure
      throw failure ?? error
    }
  }

  /** After a failed write or sync, a later success proves nothing: the file must be opened again. */
  function refuseWrites(): void {
    if (readOnly && !(copy && isOwedWork)) throw fail('database/readOnly', { reason: readOnly.message })
    if (diskFailure) throw diskFailure
    // Whoever rewrites the file holds it for as long as that takes; it can as well be done another time.
    shrinking?.stop()
  }

  function wrapStatement(sql: string, statement: DriverStatement): Statement<unknown> {
    let raw: DriverStatement | null = null
    return {
      all: (params) => {
        settle()
        return guarded(() => statement.all(...spread(params)))
      },
      get: (params) => {
        settle()
        return guarded(() => statement.get(...spread(params)))
      },
      values: (params) => {
        settle()
        return guarded(() => {
          raw ??= connection.prepare(sql).raw(true)
          return raw.all(...spread(params)) as SqlValue[][]
        })
      },
      run: (params) => {
        settle()
        refuseWrites()
        const { changes, lastInsertRowid } = guarded(() => statement.run(...spread(params)))
        return { changes, lastId: Number(lastInsertRowid) }
      },
      iterate: (params) => {
        settle()
        return guarded(() => statement.iterate(...spread(params)))
      },
    }
  }

  /** Orders without rows, prepared once: a commit of one point is done thousands of times in a second. */
  function order(sql: string): void {
    const known = orders.get(sql) ?? connection.prepare(sql)
    orders.set(sql, known)
    known.run()
  }

  function transaction<Result>(work: () => Result): Result {
    settle()
    refuseWrites()
    const level = depth
    const [begin, commit, undo] =
      level === 0
        ? ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']
        : [`SAVEPOINT level${level}`, `RELEASE level${level}`, `ROLLBACK TO level${level}; RELEASE level${level}`]
    guarded(() => order(begin))
    depth += 1
    try {
      const result = work()
      if (result instanceof Promise) throw new TypeError('a transaction cannot wait: its work must be synchronous')
      guarded(() => order(commit))
      return result
    } catch (error) {
      rollBack(undo)
      throw error
    } finally {
      depth -= 1
    }
  }

  /** SQLite has rolled back by itself after some errors; then there is nothing left to undo. */
  function rollBack(undo: string): void {
    try {
      connection.exec(undo)
    } catch (error) {
      if (!/no transaction is active|no such savepoint/.test(String(error))) throw error
    }
  }

  function tidy(): void {
    measureTables(connection)
    connection.pragma('wal_checkpoint(TRUNCATE)')
  }

  return {
    file,
    readOnly,
    schemaVersion: readVersion(connection),
    prepare<Row>(sql: string) {
      let statement = statements.get(sql)
      if (!statement) {
        statement = wrapStatement(
          sql,
          guarded(() => connection.prepare(sql)),
        )
        statements.set(sql, statement)
      }
      return statement as Statement<Row>
    },
    transaction,
    owe: owed.add,
    ahead: owed.ahead,
    settleOwed() {
      if (depth === 0) owed.settle(true)
      return owed.trouble()
    },
    findDamage() {
      settle()
      return guarded(() => findDamage(connection))
    },
    async shrink(roomBytes) {
      if (readOnly || diskFailure || depth > 0 || shrinkProgram === null || shrinking !== null) return null
      settle()
      const started = guarded(() =>
        startShrinking(connection, { file, roomBytes, program: shrinkProgram }, (failure) => {
          diskFailure ??= failure
        }),
      )
      if (started === null || !('done' in started)) return started
      shrinking = started
      return started.done.finally(() => {
        shrinking = null
      })
    },
    close() {
      if (closed) return
      shrinking?.stop()
      owed.settle(true)
      owed.stop()
      closed = true
      try {
        if (!readOnly && !diskFailure) guarded(tidy)
      } finally {
        connection.close()
        copy?.drop()
      }
      if (!diskFailure) closedWell()
    },
  }
}

function spread(params: SqlParams | undefined): unknown[] {
  if (params === undefined) return []
  return Array.isArray(params) ? [...params] : [params]
}
