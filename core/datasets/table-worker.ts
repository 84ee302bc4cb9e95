import { writeSync } from 'node:fs'
import { describeFailure } from '../domain/failure.ts'
import { openSession } from '../tables/duckdb-session.ts'
import { explainProblem, readHead } from '../tables/explain-problem.ts'
import { assertNarrow, assertShortLines, headBytes } from '../tables/open-table.ts'
import { compareRows } from './compare-queries.ts'
import { openInput, profileInput } from './profile-queries.ts'
import { memoryCapWords, type TableAnswer, type TableInput, type TableWork } from './table-profile.ts'

/**
 * The process that reads the tables of a dataset whole: it may crash, hang or swell, and core lives on. It runs in a
 * folder of its own, answers once and ends.
 */
const work = JSON.parse(process.argv[2] as string) as TableWork
const mostBytes = work.memoryBytes * 1.5 + 512 * 1024 ** 2

setInterval(() => {
  if (process.memoryUsage.rss() < mostBytes) return
  writeSync(2, memoryCapWords)
  process.kill(process.pid, 'SIGKILL')
}, 50).unref()
process.on('disconnect', () => process.exit(0))

let reading: TableInput = work.to

async function answer(): Promise<TableAnswer> {
  const { ask } = await openSession([...(work.from?.files ?? []), ...work.to.files], work)
  const open = async (name: string, input: TableInput) => {
    reading = input
    refuseUnreadable(input)
    const columns = await openInput(ask, name, input)
    return { columns, profile: await profileInput(ask, name, input, columns) }
  }
  const from = work.from === null ? null : await open('old_rows', work.from)
  const to = await open('new_rows', work.to)
  if (from === null) return { from: null, to: to.profile, compared: null }
  const sides = { from: from.columns, to: to.columns }
  return { from: from.profile, to: to.profile, compared: await compareRows(ask, sides, work.key, work.examples) }
}

/** What would make the engine swell before it could say no. */
function refuseUnreadable({ files, format, path }: TableInput): void {
  if (format !== 'csv') return
  for (const file of files) {
    const head = readHead(file, headBytes)
    assertShortLines(head, path)
    assertNarrow(head, path, {})
  }
}

answer().then(
  (found) => process.send?.({ answer: found }, () => process.exit(0)),
  (error: unknown) => {
    const read = { file: reading.files[0] as string, path: reading.path, format: reading.format }
    process.send?.({ failure: describeFailure(explainProblem(error, read, work)) }, () => process.exit(0))
  },
)
