import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { TableFacts, TableReading, TableSource } from '../domain/table.ts'
import { linkTable, makeSessionFolder, sweepSessions, versionOf } from './session-folder.ts'
import { chooseLimits } from './session-limits.ts'
import { startTableProcess, type TableClient, type TableProcess } from './table-process.ts'
import type { ReadFacts } from './table-worker-protocol.ts'
import type { LocatedTable, Tables } from './tables.ts'
import { writeViewCode } from './view-code-queries.ts'

export type TablesOptions = {
  /** table-worker.ts, or the bundle made of it. */
  readonly entryFile: string
  readonly nodePath: string
  /** Where sessions keep what they lay down; another is found when it cannot be written. */
  readonly temporaryFolder: string
  /** @throws project/pathRefused, tables/missing, tables/formatUnknown, and what the store finds wrong with its bytes */
  locate(source: TableSource): Promise<LocatedTable>
}

/** More tables than these are in nobody's sight at once; the one longest unused is closed. */
const mostProcesses = 4
const idleMs = 10 * 60_000
const rememberedTables = 1_000

type Entry = {
  readonly source: TableSource
  readonly reading: TableReading
  readonly located: LocatedTable
  readonly version: string
}
type Running = { readonly process: TableProcess; readonly folder: string; usedAt: number; asking: number }

export function createTables(options: TablesOptions): Tables {
  const entries = new Map<string, Entry>()
  const running = new Map<string, Running>()
  const limits = chooseLimits()
  let sessionsFolder: string | null = null
  const timer = setInterval(() => closeIdle(Date.now() - idleMs), 60_000)
  timer.unref()

  function start(table: string, { located, reading }: Entry): Running {
    sessionsFolder ??= sweepSessions(options.temporaryFolder)
    const folder = makeSessionFolder(sessionsFolder)
    const file = linkTable(located, folder)
    const request = { file, path: located.path, format: located.format, reading, ...limits }
    const { entryFile, nodePath } = options
    const started: Running = {
      process: startTableProcess({ entryFile, nodePath, folder, request }),
      folder,
      usedAt: Date.now(),
      asking: 0,
    }
    running.set(table, started)
    const others = [...running].filter(([, one]) => one !== started && one.asking === 0)
    others.sort(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [key] of others.slice(0, Math.max(0, running.size - mostProcesses))) void stop(key)
    return started
  }

  async function stop(table: string): Promise<void> {
    const one = running.get(table)
    if (!one) return
    running.delete(table)
    await one.process.end()
    rmSync(one.folder, { recursive: true, force: true })
  }

  function closeIdle(before: number): void {
    for (const [table, one] of running) if (one.asking === 0 && one.usedAt < before) void stop(table)
  }

  function find(table: string): Entry {
    const entry = entries.get(table)
    if (!entry) throw fail('tables/notOpen', {})
    entry.located.check?.()
    if (versionOf(entry.located) !== entry.version) throw fail('tables/changed', { path: entry.located.path })
    return entry
  }

  /** Asks the table's process, starting one when there is none. */
  async function ask<Answer>(table: string, question: (client: TableClient) => Promise<Answer>): Promise<Answer> {
    const entry = find(table)
    let one = running.get(table)
    if (one?.process.hasEnded()) {
      await stop(table)
      one = undefined
    }
    one ??= start(table, entry)
    one.asking++
    try {
      return await one.process.ask(question)
    } finally {
      one.asking--
      one.usedAt = Date.now()
    }
  }

  function toFacts(table: string, { source, located, version }: Entry, read: ReadFacts): TableFacts {
    return { table, source, format: located.format, sizeBytes: Number(version.split(':')[0]), ...read }
  }

  return {
    async open(source, reading) {
      const located = await options.locate(source)
      const version = versionOf(located)
      const key = JSON.stringify([source, reading, version])
      const known = [...entries].find(
        ([, entry]) => JSON.stringify([entry.source, entry.reading, entry.version]) === key,
      )
      const table = known?.[0] ?? `table-${randomUUID().slice(0, 13)}`
      const entry = { source, reading, located, version }
      entries.set(table, entry)
      for (const oldest of entries.keys()) {
        if (entries.size <= rememberedTables) break
        entries.delete(oldest)
      }
      try {
        return toFacts(table, entry, (await ask(table, (client) => client.facts({}))) as ReadFacts)
      } catch (error) {
        await stop(table)
        throw error
      }
    },
    async whole(table, ticket = '') {
      const read = await ask(table, (client) => client.whole({ ticket }))
      return toFacts(table, find(table), read)
    },
    async progress(table) {
      if (!running.has(table)) return null
      return ask(table, (client) => client.progress({}))
    },
    page({ table, view, columns, offset, limit, forCopying, ticket = '' }) {
      const wanted = { view, columns, offset, limit, length: forCopying ? ('copied' as const) : ('shown' as const) }
      return ask(table, (client) => client.page({ wanted, ticket }))
    },
    count: ({ table, view, ticket = '' }) => ask(table, (client) => client.count({ view, ticket })),
    summary: ({ table, view, column, ticket = '' }) => ask(table, (client) => client.summary({ view, column, ticket })),
    value: (table, column, row) => ask(table, (client) => client.value({ column, row })),
    async code({ table, view, columns, language }) {
      const { located, reading } = find(table)
      const facts = (await ask(table, (client) => client.facts({}))) as ReadFacts
      return writeViewCode({ located, reading, view, columns, all: facts.columns, language })
    },
    async export({ table, ...wanted }, take, signal) {
      const ticket = randomUUID()
      const cancel = () => void ask(table, (client) => client.cancel({ ticket })).catch(() => undefined)
      signal.addEventListener('abort', cancel, { once: true })
      const name = `export-${ticket}.${wanted.format}`
      try {
        const rows = await ask(table, (client) => client.export({ wanted: { ...wanted, file: name }, ticket }))
        signal.throwIfAborted()
        const { folder } = running.get(table) as Running
        await take(join(folder, name))
        return { rows }
      } finally {
        signal.removeEventListener('abort', cancel)
        const folder = running.get(table)?.folder
        if (folder) rmSync(join(folder, name), { force: true })
      }
    },
    async cancel(ticket) {
      const live = [...running.values()].filter((one) => one.asking > 0)
      await Promise.allSettled(live.map((one) => one.process.ask((client) => client.cancel({ ticket }))))
    },
    async close() {
      clearInterval(timer)
      await Promise.all([...running.keys()].map(stop))
      if (sessionsFolder !== null) rmSync(sessionsFolder, { recursive: true, force: true })
    },
  }
}
