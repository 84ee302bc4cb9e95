import { spawn } from 'node:child_process'

/**
 * Runs a program with its output shown as it comes.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function runShown(program, args, options) {
  return new Promise((done, refuse) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', refuse)
    child.once('exit', (code) => done(code ?? 1))
  })
}
