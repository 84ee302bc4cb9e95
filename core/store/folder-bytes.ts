import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What removing a folder would free: a file that has a name elsewhere (installers link theirs) counts nothing. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(whenGone)) {
    const place = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await bytesIn(place)
    else {
      const status = await lstat(place).catch(whenGone)
      if ('size' in status && status.nlink === 1) bytes += status.size
    }
  }
  return bytes
}

/** Somebody may be at work there. */
function whenGone(error: unknown): [] {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return []
  throw error
}
