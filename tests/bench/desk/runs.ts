import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { valueIn } from '../../../core/domain/patch-column.ts'
import { keyOf, kindOf, type RunColumn, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { runColumnsOf } from '../../../core/tracking/run-column-cache.ts'

type Columns = { readonly count: number; readonly columns: ReadonlyMap<RunColumnName, RunColumn> }

/** Every column of the runs in a project's records. */
export function readColumns(slipwayFolder: string): Columns {
  const database = openProjectDatabase(slipwayFolder)
  try {
    const records = runColumnsOf(database)
    records.refresh()
    const columns = new Map<RunColumnName, RunColumn>()
    for (const name of records.names()) {
      const column = records.column(name)
      if (column) columns.set(name, column)
    }
    const { count } = records
    return { count, columns }
  } finally {
    database.close()
  }
}

/** The same runs for other programs, oldest first: `{id, state, startedAt, durationMs, metrics, params, tags}` a line. */
export async function writeJsonLines({ count, columns }: Columns, file: string): Promise<void> {
  const out = createWriteStream(file)
  for (let row = 0; row < count; row++) {
    const run: Record<string, unknown> = { metrics: {}, params: {}, tags: {} }
    for (const [name, column] of columns) {
      const value = valueIn(column, row)
      if (value === null) continue
      const kind = kindOf(name)
      if (kind === 'field') run[name] = value
      else (run[`${kind}s`] as Record<string, unknown>)[keyOf(name)] = kind === 'param' ? plain(value) : value
    }
    if (!out.write(`${JSON.stringify(run)}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

/** The columns that all runs have, newest first, for a program that reads tables. */
export async function writeCsv({ count, columns }: Columns, names: readonly RunColumnName[], file: string) {
  const out = createWriteStream(file)
  out.write(`${names.join(',')}\n`)
  const shown = names.map((name) => columns.get(name) as RunColumn)
  for (let row = count - 1; row >= 0; row--) {
    const line = `${shown.map((column) => plain(valueIn(column, row)) ?? '').join(',')}\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

function plain(value: number | string | null): number | string | null {
  return typeof value === 'string' && value.startsWith('"') ? (JSON.parse(value) as string) : value
}
