import { spawn } from 'node:child_process'
import { type FailureCode, fail } from '../domain/failure.ts'
import { createChildProcessTransport } from '../rpc/child-process-transport.ts'
import { type ClientOf, createClient, RemoteError } from '../rpc/client.ts'
import { memoryCapWords, type OpenRequest, type TableRouter } from './table-worker-protocol.ts'

export type TableClient = ClientOf<TableRouter>

/** A process that reads one table. */
export type TableProcess = {
  /** Asks, and gives the answer or a failure of ours: whatever the process meets with, its end included. */
  ask<Answer>(question: (client: TableClient) => Promise<Answer>): Promise<Answer>
  readonly hasEnded: () => boolean
  /** Resolves when the process is gone. */
  end(): Promise<void>
}

export type TableProcessOptions = {
  /** table-worker.ts, or the bundle made of it. */
  readonly entryFile: string
  readonly nodePath: string
  /** The folder that it runs in and may write to. */
  readonly folder: string
  readonly request: OpenRequest
}

const longestWords = 2_000

export function startTableProcess({ entryFile, nodePath, folder, request }: TableProcessOptions): TableProcess {
  const child = spawn(nodePath, ['--max-old-space-size=1024', entryFile, JSON.stringify(request)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
    windowsHide: true,
  })
  let words = ''
  let how: string | null = null
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-longestWords)
  })
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      how ??= error.message
      resolve()
    })
    child.on('close', (code, signal) => {
      how ??= signal ?? `exit code ${code}`
      resolve()
    })
  })
  const client = createClient<TableRouter>(createChildProcessTransport(child))

  return {
    async ask(question) {
      try {
        return await question(client)
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error
        if (error.code !== 'rpc/connectionLost') throw toFailure(error)
        await ended
        if (words.includes(memoryCapWords)) throw fail('tables/outOfMemory', { memoryBytes: request.memoryBytes })
        throw fail('tables/readerCrashed', { how: how ?? 'unknown', words: words.trim().slice(-500) })
      }
    },
    hasEnded: () => how !== null || !child.connected,
    async end() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The failure that the process threw, as one of ours again. */
function toFailure(error: RemoteError) {
  return fail(error.code as FailureCode, (error.wire.details ?? {}) as never, { cause: error })
}
