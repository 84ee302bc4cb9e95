import type { RecordsShrunk } from '../domain/space.ts'
import type { OwedTrouble } from './owed-work.ts'

/** What a column holds or a parameter takes. Booleans and dates are spelt by the caller. */
export type SqlValue = string | number | bigint | null | Uint8Array
export type SqlParams = readonly SqlValue[] | { readonly [name: string]: SqlValue }

/** A prepared statement. Failures of the file below come out as `database/…` failures. */
export type Statement<Row> = {
  all(params?: SqlParams): Row[]
  get(params?: SqlParams): Row | undefined
  /** Rows as arrays of their columns: less to make, when there are very many. */
  values(params?: SqlParams): SqlValue[][]
  run(params?: SqlParams): { readonly changes: number; readonly lastId: number }
  iterate(params?: SqlParams): IterableIterator<Row>
}

/** Why a project's database may be reviewed but not changed. */
export type ReadOnlyReason =
  | { readonly kind: 'newerSchema'; readonly found: number; readonly known: number; readonly message: string }
  | { readonly kind: 'folder'; readonly message: string }

/** The one connection of a project. Every statement is prepared once and kept. */
export type Database = {
  readonly file: string
  /** Null when it may be written. */
  readonly readOnly: ReadOnlyReason | null
  readonly schemaVersion: number
  prepare<Row>(sql: string): Statement<Row>
  /** All of `work` or nothing; inside another transaction it joins that one. What it returned from is durable. */
  transaction<Result>(work: () => Result): Result
  /**
   * Puts off work that only spells out what is durable already: it is done as one transaction before the next
   * statement, or when nothing was asked for a moment. It is kept for later when the disk refuses it; what fails for
   * another reason is told as a warning of the process and not tried again. Whoever owes it finds it again in the
   * file after a crash. Where `readOnly` is for the folder's sake, it is written into the copy that is read.
   */
  owe(work: () => void): void
  /** Does now what is owed, and says what kept it from being done. */
  settleOwed(): OwedTrouble
  /** Statements in `work` run although work is owed: they may read and write nothing that it changes. */
  ahead<Result>(work: () => Result): Result
  /** Empty when the file is sound; otherwise SQLite's findings, structure first, then broken references. */
  findDamage(): readonly string[]
  /**
   * Makes the file smaller where much of it is free, which takes a copy of it, in another process. What is read meanwhile
   * is answered; what is written comes first, and leaves the file as large as it was.
   * @param roomBytes what the disk has left
   * @returns null where little is free, or nothing may be written
   */
  shrink(roomBytes: number): Promise<RecordsShrunk | null>
  close(): void
}
