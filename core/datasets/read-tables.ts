import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type DescribedFailure, type FailureCode, fail } from '../domain/failure.ts'
import type { TableFormat } from '../domain/table.ts'
import { temporaryPrefix } from '../store/temporary-names.ts'
import { chooseLimits } from '../tables/session-limits.ts'
import { memoryCapWords, type TableAnswer, type TableInput } from './table-profile.ts'

/** Files on disk that are read as one table. */
export type TableFiles = {
  readonly format: TableFormat
  readonly files: readonly { readonly path: string; readonly file: string }[]
}

export type ReadTables = (
  tables: { readonly from: TableFiles | null; readonly to: TableFiles; readonly key: readonly string[] },
  signal?: AbortSignal,
) => Promise<TableAnswer>

export type ReadTablesOptions = {
  /** table-worker.ts, or the bundle made of it. */
  readonly entryFile: string
  readonly nodePath: string
  readonly temporaryFolder: string
}

const shownExamples = 20
const longestWords = 2_000

/** Reads one table, or two against each other, in a process that may be lost. */
export function createReadTables({ entryFile, nodePath, temporaryFolder }: ReadTablesOptions): ReadTables {
  return async ({ from, to, key }, signal) => {
    signal?.throwIfAborted()
    mkdirSync(temporaryFolder, { recursive: true, mode: 0o700 })
    const folder = mkdtempSync(join(temporaryFolder, temporaryPrefix('tables')))
    try {
      const limits = chooseLimits()
      const work = {
        from: from === null ? null : link(from, folder, 'from'),
        to: link(to, folder, 'to'),
        key,
        examples: shownExamples,
        ...limits,
      }
      return await run(JSON.stringify(work), folder, limits.memoryBytes, signal)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  function run(work: string, folder: string, memoryBytes: number, signal?: AbortSignal): Promise<TableAnswer> {
    return new Promise((resolve, reject) => {
      const child = spawn(nodePath, ['--max-old-space-size=1024', entryFile, work], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
        windowsHide: true,
      })
      let words = ''
      let message: { readonly answer?: TableAnswer; readonly failure?: DescribedFailure } | null = null
      const stop = () => void child.kill('SIGKILL')
      signal?.addEventListener('abort', stop, { once: true })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-longestWords)
      })
      child.on('message', (said) => {
        message = said as typeof message
      })
      child.on('error', reject)
      child.on('close', (code, killed) => {
        signal?.removeEventListener('abort', stop)
        if (signal?.aborted) reject(signal.reason)
        else if (message?.answer) resolve(message.answer)
        else if (message?.failure) {
          const { code: failure, details } = message.failure
          reject(fail(failure as FailureCode, details as never))
        } else if (words.includes(memoryCapWords)) reject(fail('tables/outOfMemory', { memoryBytes }))
        else reject(fail('tables/readerCrashed', { how: killed ?? `exit code ${code}`, words: words.slice(-500) }))
      })
    })
  }
}

/** By names of our own: the engine takes `*`, `?` and `[` in a path for patterns, and may open nothing else. */
function link({ format, files }: TableFiles, folder: string, side: string): TableInput {
  const names = files.map(({ path, file }, index) => {
    const ends = /\.(gz|zst)$/i.exec(path)?.[0] ?? ''
    const name = `${side}-${index}.${format}${ends.toLowerCase()}`
    symlinkSync(file, join(folder, name))
    return name
  })
  return { format, files: names, path: files[0]?.path ?? '' }
}
