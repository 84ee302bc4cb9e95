import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from './root.mjs'

const lock = join(cacheFolder, 'setup.lock')
/** No set-up takes as long: whoever has the number by now is somebody else. */
const longestMs = 30 * 60_000

/**
 * Lets one process at a time set up or build; others wait. Who died at it does not block anybody, unless a program
 * that it started still works on.
 * @template T
 * @param {(message: string) => void} note
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function onlyOne(note, work) {
  mkdirSync(cacheFolder, { recursive: true })
  for (let told = false; !take(); told = true) {
    if (!told) note('Another Slipway is setting this clone up; waiting for it …')
    await sleep(300)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Says that this program works for the holder: should that be killed, the program goes on for a while. */
export function noteProgram(pid) {
  if (pid !== undefined) appendFileSync(lock, `${pid}\n`)
}

function take() {
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' })
      return true
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isHeld()) return false
    rmSync(lock, { force: true })
  }
}

function isHeld() {
  try {
    const pids = readFileSync(lock, 'utf8').split('\n').filter(Boolean).map(Number)
    const ageMs = Date.now() - statSync(lock).mtimeMs
    // Just being written: its holder is about to say who it is.
    if (pids.length === 0) return ageMs < 2_000
    return ageMs < longestMs && pids.some(isAlive)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
