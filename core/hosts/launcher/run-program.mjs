import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from './root.mjs'

/** A program that did not do what set-up needs; `output` holds its last words. */
export class ProgramFailed extends Error {
  constructor(program, code, output) {
    super(`${program} ended with ${code}`)
    this.output = output
  }
}

/**
 * Runs a program to its end and keeps the end of what it said. No shell.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onStart?: (pid: number | undefined) => void }} [options]
 * @returns {Promise<string>}
 */
export function runProgram(program, args, { cwd, env, timeoutMs, onStart } = {}) {
  return new Promise((done, refuse) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    onStart?.(child.pid)
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => refuse(new ProgramFailed(program, error.message, output)))
    child.once('close', (code, signal) =>
      code === 0 ? done(output) : refuse(new ProgramFailed(program, signal ?? code, output)),
    )
  })
}

/**
 * Gives this process over to another program of Slipway: same terminal, signals passed on, its end becomes ours, or
 * what it says is its end: its process may go on while others use the core in it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function handOver(program, args, env = process.env) {
  const compiled = { NODE_COMPILE_CACHE: join(cacheFolder, 'compiled') }
  const child = spawn(program, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...compiled, ...env },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both of us already: sending it twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('error', (error) => {
    process.stderr.write(`${program} cannot be started: ${error.message}\n`)
    process.exit(3)
  })
  child.on('message', ({ through }) => process.exit(through))
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}
