import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Tells this process from an earlier one that had the same number (in a container that is the rule). */
const processToken = randomUUID().slice(0, 8)
const namePattern = /^[a-z]+-(\d+)\.([0-9a-f]{8})-/

/** `PURPOSE-PID.TOKEN-`: whose it is can be read from the name after a crash. */
export function temporaryPrefix(purpose: string): string {
  return `${purpose}-${process.pid}.${processToken}-`
}

export function temporaryName(purpose: string): string {
  return `${temporaryPrefix(purpose)}${randomUUID()}`
}

/** Removes what processes of ours left behind; anything by another name, or of a living process, stays. */
export async function sweepStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid, token] = namePattern.exec(name) ?? []
    if (pid === undefined || (Number(pid) === process.pid ? token === processToken : isAlive(Number(pid)))) continue
    // What cannot be removed now is tried again at the next start; it is in nobody's way.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
