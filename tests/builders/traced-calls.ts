import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A program's one thread for files and its main thread, as far as calls on one folder are concerned. */
export type TracedProgram = {
  readonly script: string
  /** Handed to the script, and the place whose calls are counted. */
  readonly folder: string
}

/** The `when`-th call of this name in its thread, `of` what file below the folder. */
export type TracedCall = { readonly call: string; readonly when: number; readonly of: string }

/** Node's own cache stays out of it: whether it has a file yet changes the number of calls. */
const oneThread = { ...process.env, UV_THREADPOOL_SIZE: '1', NODE_DISABLE_COMPILE_CACHE: '1' }

/**
 * Every call of these names on the folder or below it that an undisturbed run makes, in order. Two threads may make
 * the same call the same number of times: then it is listed once, since whoever comes to it first is the one hit.
 */
export function findCalls({ script, folder }: TracedProgram, calls: readonly string[]): readonly TracedCall[] {
  const traces = mkdtempSync(join(tmpdir(), 'slipway-trace-'))
  const file = join(traces, 'trace')
  const rules = ['-f', '-qq', '-y', '-s', '256', '-o', file, '-e', `trace=${calls.join(',')}`]
  const { status } = spawnSync('strace', [...rules, process.execPath, script, folder], { env: oneThread })
  const counts = new Map<string, number>()
  const found = new Map<string, TracedCall>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, thread, call, rest] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? []
    if (thread === undefined || call === undefined || rest === undefined) continue
    const when = (counts.get(`${thread} ${call}`) ?? 0) + 1
    counts.set(`${thread} ${call}`, when)
    const at = rest.indexOf(folder)
    if (at < 0) continue
    const of = /^[^">,]*/.exec(rest.slice(at + folder.length))?.[0] ?? ''
    found.set(`${call} ${when}`, { call, when, of })
  }
  rmSync(traces, { recursive: true, force: true })
  if (status !== 0) throw new Error(`${script} ended with ${status} though nothing disturbed it`)
  return [...found.values()]
}

/** Runs it while that call does what the rule says (`signal=KILL`, `error=ENOSPC`); its lines on stdout. */
export function disturb({ script, folder }: TracedProgram, { call, when }: TracedCall, rule: string, on = '') {
  const rules = ['-f', '-qq', '-e', `trace=${call}`, '-e', `inject=${call}:${rule}:when=${when}${on}`]
  const { stdout } = spawnSync('strace', [...rules, process.execPath, script, folder], {
    encoding: 'utf8',
    env: oneThread,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return stdout.split('\n').filter((line) => line !== '')
}
