import { statSync } from 'node:fs'
import { fail } from '../domain/failure.ts'
import type { TableColumn, TableReading } from '../domain/table.ts'
import type { Ask, Session } from './duckdb-session.ts'
import { isUtf16, readHead } from './explain-problem.ts'
import { countRows } from './page-queries.ts'
import * as sources from './source-queries.ts'
import type { OpenRequest, ReadFacts } from './table-worker-protocol.ts'

/** The engine takes memory per column and buffer before it reads a line. */
const mostTextColumns = 5_000
export const headBytes = 5 * 1024 * 1024
/** The engine's own limit, which it tells only after it has tried every way to read the line. */
const longestLineBytes = 2 * 1024 * 1024

export type OpenTable = { facts(): ReadFacts; whole(ticket: string): Promise<ReadFacts> }

/** A Parquet file is read where it lies. A text file is looked into at once, and read whole when somebody needs it. */
export async function openTable(session: Session, request: OpenRequest): Promise<OpenTable> {
  const { ask } = session
  const { file, format } = request
  if (format !== 'parquet') return openText(session, request)
  const found = await sources.readParquetFacts(ask, file)
  const view = await sources.viewParquet(ask, file)
  const columns = view.hasOwnNumber ? await viewCopy(ask, sources.callParquet(file), view.columns) : view.columns
  const facts: ReadFacts = { ...found, columns, isWhole: true, reading: {} }
  return { facts: () => facts, whole: async () => facts }
}

async function viewCopy(ask: Ask, from: string, columns: readonly TableColumn[], ticket = ''): Promise<TableColumn[]> {
  const own = await sources.copyWhole(ask, from, columns, ticket)
  return (await sources.viewParquet(ask, own)).columns
}

async function openText({ ask }: Session, { file, path, format, reading: asked }: OpenRequest): Promise<OpenTable> {
  const head = readHead(file, headBytes)
  const reading: TableReading = isUtf16(head) && asked.encoding === undefined ? { ...asked, encoding: 'utf-16' } : asked
  if (format === 'csv') {
    assertShortLines(head, path)
    assertNarrow(head, path, reading)
  }
  let guess: sources.TextGuess = 'quick'
  let facts: ReadFacts = {
    columns: await sources.viewText(ask, file, format, reading, guess),
    rows: estimateRows(head, statSync(file).size),
    isWhole: false,
    rowGroups: null,
    writtenBy: null,
    reading,
  }

  async function readWhole(ticket: string): Promise<ReadFacts> {
    const columns = format === 'jsonl' ? await lookAgain('thorough') : facts.columns
    const whole = await viewCopy(ask, sources.sample, columns, ticket).catch(async (error: Error) => {
      const next = ({ quick: 'thorough', thorough: 'text', text: null } as const)[guess]
      if (next === null || !/^(Conversion|Invalid Input).*converting column/is.test(error.message)) throw error
      return viewCopy(ask, sources.sample, await lookAgain(next), ticket)
    })
    return { ...facts, columns: whole, rows: await countRows(ask, { sql: '', values: [] }, ticket), isWhole: true }
  }
  async function lookAgain(next: sources.TextGuess) {
    guess = next
    return sources.viewText(ask, file, format, reading, guess)
  }

  return {
    facts: () => facts,
    async whole(ticket) {
      if (facts.isWhole) return facts
      facts = await readWhole(ticket)
      return facts
    },
  }
}

export function assertNarrow(head: Buffer, path: string, reading: TableReading): void {
  const end = head.indexOf(10)
  const line = head.subarray(0, end < 0 ? head.length : end)
  const likely = reading.delimiter === undefined ? [',', ';', '\t', '|'] : [reading.delimiter]
  const columns = 1 + Math.max(...likely.map((mark) => line.toString('latin1').split(mark).length - 1))
  if (columns > mostTextColumns) throw fail('tables/tooWide', { path, columns, most: mostTextColumns })
}

export function assertShortLines(head: Buffer, path: string): void {
  for (let from = 0; head.length - from > longestLineBytes; ) {
    const end = head.indexOf(10, from)
    if (end < 0 || end - from > longestLineBytes)
      throw fail('tables/lineTooLong', { path, mostBytes: longestLineBytes })
    from = end + 1
  }
}

function estimateRows(head: Buffer, sizeBytes: number): number {
  let lines = 0
  for (let at = head.indexOf(10); at >= 0; at = head.indexOf(10, at + 1)) lines++
  return head.length === 0 ? 0 : Math.max(0, Math.round((lines / head.length) * sizeBytes))
}
