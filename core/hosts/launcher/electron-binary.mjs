import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder, root } from './root.mjs'
import { runProgram } from './run-program.mjs'

const folder = join(root, 'node_modules', 'electron')
const attemptFile = join(cacheFolder, 'electron.json')
const longestFetchMs = 90_000

/** The desktop shell's executable; null when it is not there. */
function findElectron() {
  const pointer = join(folder, 'path.txt')
  if (!existsSync(pointer)) return null
  const file = join(folder, 'dist', readFileSync(pointer, 'utf8'))
  return existsSync(file) ? file : null
}

/**
 * Fetches it by its package's own installer, once for each version: a computer that could not reach it is not kept
 * waiting at every start. Deleting .cache/electron.json asks again.
 * @param {ReturnType<typeof import('./say.mjs').createProgress>} progress
 */
export async function fetchElectron(progress) {
  const present = findElectron()
  if (present || !existsSync(join(folder, 'install.js'))) return present
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (readAttempt() === version) return null
  try {
    await progress.step(`Fetching Electron ${version}`, () =>
      runProgram(process.execPath, ['install.js'], { cwd: folder, timeoutMs: longestFetchMs }),
    )
    return findElectron()
  } catch {
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(attemptFile, JSON.stringify({ version }))
    return null
  }
}

function readAttempt() {
  try {
    return JSON.parse(readFileSync(attemptFile, 'utf8')).version
  } catch {
    return null
  }
}
