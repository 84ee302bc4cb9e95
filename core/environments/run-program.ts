import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fail } from '../domain/failure.ts'

export type ProgramResult = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

export type ProgramOptions = {
  readonly folder: string
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  readonly onLine?: ((line: string) => void) | undefined
  readonly timeoutMs?: number | undefined
}

const keptCharacters = 2_000_000

/**
 * Runs a program without a shell and collects what it prints, bounded. Cancelling ends it and everything it started.
 * @throws execution/canceled when the signal fires; the error of `spawn` when it cannot start
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  if (options.signal?.aborted) return Promise.reject(canceled())
  return new Promise((resolve, reject) => {
    const isPosix = process.platform !== 'win32'
    const child = spawn(program, args, {
      cwd: options.folder,
      env: Object.fromEntries(Object.entries(options.variables).filter(([, value]) => value !== undefined)),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: isPosix,
      windowsHide: true,
    })
    const texts = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      createInterface({ input: child[stream], crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        if (texts[stream].length < keptCharacters) texts[stream] += `${line}\n`
        options.onLine?.(line)
      })
    let isCanceled = false
    const end = () => {
      if (child.pid === undefined) return
      try {
        if (isPosix) process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch (error) {
        // ESRCH: the group has ended by itself meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    const cancel = () => {
      isCanceled = true
      end()
    }
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(end, options.timeoutMs)
    options.signal?.addEventListener('abort', cancel, { once: true })
    const settle = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', cancel)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (exitCode) => {
      settle()
      if (isCanceled) reject(canceled())
      else resolve({ exitCode, ...texts })
    })
  })
}

function canceled(): Error {
  return fail('execution/canceled', { what: 'Preparing the environment' })
}
