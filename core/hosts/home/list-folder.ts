import { existsSync, realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { FolderListing } from '../../api/home-core.ts'
import { fail } from '../../domain/failure.ts'

const mostFolders = 2_000

/** The folders in a folder, for choosing one where there is no system dialog. Null means the user's own. */
export async function listFolder(path: string | null): Promise<FolderListing> {
  const asked = path ?? homedir()
  if (!isAbsolute(asked)) throw fail('host/folderUnreadable', { folder: asked, problem: 'it is not an absolute path' })
  try {
    const folder = realpathSync(asked)
    const entries = await readdir(folder, { withFileTypes: true })
    const folders = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort((a, b) => a.localeCompare(b))
      .slice(0, mostFolders)
    return {
      path: folder,
      parent: dirname(folder) === folder ? null : dirname(folder),
      folders: folders.map((name) => ({ name, isProject: existsSync(join(folder, name, 'slipway.toml')) })),
    }
  } catch (error) {
    throw fail('host/folderUnreadable', { folder: asked, problem: (error as Error).message }, { cause: error })
  }
}
