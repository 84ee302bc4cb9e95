import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpaceAmount, SpaceUse } from '../domain/space.ts'
import { bytesIn } from '../store/folder-bytes.ts'

const folders = [
  ['records', 'backups'],
  ['logs', 'logs'],
  ['environment', 'environment'],
  ['pastEnvironments', 'environments'],
  ['temporary', 'tmp'],
] as const

/** What lies in `.slipway` beside the store and the trash; a count is of what lies in a folder itself. */
export async function measureFolders(
  slipwayFolder: string,
): Promise<readonly ({ readonly use: SpaceUse } & SpaceAmount)[]> {
  const measured = await Promise.all(
    folders.map(async ([use, name]) => {
      const folder = join(slipwayFolder, name)
      const names = await readdir(folder).catch(() => [])
      return { use, count: names.length, bytes: names.length === 0 ? 0 : await bytesIn(folder) }
    }),
  )
  const database = await Promise.all(['', '-wal', '-shm'].map((end) => sizeOf(join(slipwayFolder, `slipway.db${end}`))))
  return measured.map((one) =>
    one.use === 'records'
      ? { ...one, count: one.count + 1, bytes: one.bytes + database.reduce((sum, bytes) => sum + bytes, 0) }
      : one,
  )
}

async function sizeOf(file: string): Promise<number> {
  return (await lstat(file).catch(() => null))?.size ?? 0
}
