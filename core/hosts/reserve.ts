import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What opening a project takes on the disk: its lock, and the memory that SQLite shares by a file. */
const reserveBytes = 256 * 1024
/** Below this the disk has better uses for it. */
const comfortableBytes = 64 * 1024 * 1024

const reserveOf = (slipwayFolder: string) => join(slipwayFolder, 'reserve')

/**
 * Space that is kept while there is some, so that a project can be opened on a disk that has become full, and give back
 * what nothing needs. Its bytes are random: some disks keep others in no space at all.
 */
export function keepReserve(slipwayFolder: string): void {
  const file = reserveOf(slipwayFolder)
  try {
    if (!existsSync(file) && freeBytesAt(slipwayFolder) >= comfortableBytes)
      writeFileSync(file, randomBytes(reserveBytes), { flag: 'wx', mode: 0o600 })
  } catch {
    // A convenience: a project is opened without it as well.
  }
}

/** Gives it up where the disk is full. */
export function giveUpReserve(slipwayFolder: string): void {
  try {
    if (existsSync(slipwayFolder) && freeBytesAt(slipwayFolder) < reserveBytes)
      rmSync(reserveOf(slipwayFolder), { force: true })
  } catch {
    // Then opening fails, and says for what.
  }
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
