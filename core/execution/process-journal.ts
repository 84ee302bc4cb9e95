import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { ProcessIdentity } from '../tracking/process-identity.ts'

export type JournalEntry = {
  readonly stepRunId: string
  readonly process: ProcessIdentity
  /** Of its control group, where it has one. */
  readonly group: string | null
  /** The core that started it; while that lives, the process is its business. */
  readonly owner: ProcessIdentity
}

/** Which processes are ours, on disk: so that a core that starts after a crash can end what was left. */
export type ProcessJournal = {
  write(entry: JournalEntry): void
  remove(stepRunId: string): void
  list(): readonly JournalEntry[]
}

const identityShape = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().nullable(),
  bootId: z.string().nullable(),
})
const entryShape = z.object({
  stepRunId: z.string().regex(/^[\w-]{1,200}$/),
  process: identityShape,
  group: z
    .string()
    .regex(/^slipway-[\w-]{1,200}$/)
    .nullable()
    .default(null),
  owner: identityShape,
})

export function createProcessJournal(folder: string): ProcessJournal {
  const fileOf = (stepRunId: string) => join(folder, `${stepRunId}.json`)
  return {
    write(entry) {
      const text = JSON.stringify(entry)
      try {
        writeFileSync(fileOf(entry.stepRunId), text, { mode: 0o600 })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeFileSync(fileOf(entry.stepRunId), text, { mode: 0o600 })
      }
    },
    remove(stepRunId) {
      rmSync(fileOf(stepRunId), { force: true })
    },
    list() {
      return listNames(folder).flatMap((name) => readEntry(join(folder, name)) ?? [])
    },
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** A half-written entry names no process for certain, so it names none. */
function readEntry(file: string): JournalEntry | null {
  try {
    return entryShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    rmSync(file, { force: true })
    return null
  }
}
