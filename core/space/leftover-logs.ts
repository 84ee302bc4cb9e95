import { lstatSync } from 'node:fs'
import { lstat, mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../database/database.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import type { SpaceAmount } from '../domain/space.ts'
import { findShownLogs } from './leftover-logs-queries.ts'

/** What a step prints, and the end of it where it is long. */
const logPattern = /^([a-z2-7]{16})\.log(\.tail)?$/

export type LeftoverLog = { readonly name: string; readonly bytes: number }

/**
 * Output of step runs that nobody is shown any more: it is in the store by now, or its run went for good. What a step
 * printed before core died over it is shown from its file, and stays as long as the run.
 * @param folder absolute: `.slipway/logs`; need not be there, and is not followed where it is a link
 */
export async function findLeftoverLogs(
  database: Database,
  folder: string,
  olderThanMs: number,
): Promise<readonly LeftoverLog[]> {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  const found = (await readdir(folder)).flatMap((name) => {
    const id = logPattern.exec(name)?.[1]
    return id === undefined ? [] : [{ name, id }]
  })
  const shown = findShownLogs(database, [...new Set(found.map(({ id }) => id))])
  const leftover: LeftoverLog[] = []
  for (const { name } of found.filter(({ id }) => !shown.has(id))) {
    const status = await lstat(join(folder, name)).catch(() => null)
    if (status?.isFile() && Date.now() - status.mtimeMs >= olderThanMs) leftover.push({ name, bytes: status.size })
  }
  return leftover
}

/** To the trash, among the copies of files. What the disk has no name for stays where it is. */
export async function moveLogs(logs: readonly LeftoverLog[], folder: string, trash: string): Promise<SpaceAmount> {
  const moved = { count: 0, bytes: 0 }
  if (logs.length === 0) return moved
  const place = join(trash, 'files', new Date().toISOString().replace(/[:.]/g, '-'), 'logs')
  try {
    await mkdir(place, { recursive: true, mode: 0o700 })
    for (const { name, bytes } of logs) {
      await rename(join(folder, name), join(place, name))
      moved.count++
      moved.bytes += bytes
    }
  } catch (error) {
    if (!isOutOfSpace(error) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return moved
}
