import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Found in project folders and never data: what tools keep for themselves. */
const furniture = new Set(['__pycache__', 'venv', 'slipway.lock', 'node_modules'])
const mostNames = 20_000

/** What a folder of the project (`.` is the project's own) holds, sorted, without what tools keep there; null when it is none. */
export async function folderNames(projectFolder: string, path: string): Promise<readonly string[] | null> {
  try {
    const names = await readdir(join(projectFolder, path))
    return names
      .filter((name) => !name.startsWith('.') && !furniture.has(name))
      .sort()
      .slice(0, mostNames)
  } catch {
    return null
  }
}
