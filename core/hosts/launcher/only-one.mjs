import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from './root.mjs'

/**
 * Lets one process at a time set up or build; others wait. Who died at it does not block anybody.
 * @template T
 * @param {(message: string) => void} note
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function onlyOne(note, work) {
  const lock = join(cacheFolder, 'setup.lock')
  mkdirSync(cacheFolder, { recursive: true })
  for (let told = false; !take(lock); told = true) {
    if (!told) note('Another Slipway is setting this clone up; waiting for it …')
    await sleep(300)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holder = readHolder(lock)
  if (holder !== null && !isAlive(holder)) rmSync(lock, { force: true })
  return false
}

/** Null while its holder is just writing it. */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || null
  } catch (error) {
    if (error.code === 'ENOENT') return null
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
