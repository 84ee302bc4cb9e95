import { readdir, readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { FolderListing } from '../../api/home-core.ts'
import { fail } from '../../domain/failure.ts'
import { askInTime, existsInTime } from '../../project/ask-in-time.ts'

const mostFolders = 2_000

type Listed = FolderListing['folders'][number]

/**
 * The folders in a folder, for choosing one where there is no system dialog. Null means the user's own. No disk that does
 * not answer is waited for: neither that of the folder nor those that begin in it.
 * @throws host/folderUnreadable, host/diskSilent
 */
export async function listFolder(path: string | null): Promise<FolderListing> {
  const asked = resolve(path ?? homedir())
  const refuse = (problem: string, cause?: unknown) =>
    fail('host/folderUnreadable', { folder: asked, problem }, { cause })
  if (path !== null && !isAbsolute(path)) throw refuse('it is not an absolute path')
  const listed = await askInTime(asked, () => readFolder(asked)).catch((error) => {
    throw refuse((error as Error).message, error)
  })
  if (listed === null) throw fail('host/diskSilent', { folder: asked })
  const { folder, names, begins } = listed
  const folders: Listed[] = []
  // One after the other, so that one disk at most is waited for at a time. Where another disk begins it is not looked
  // while any owes an answer: nobody chose these, and who chooses one is to have an answer.
  for (const name of names) {
    const path = join(folder, name)
    const isProject = await existsInTime(join(path, 'slipway.toml'), begins.has(path) ? 1 : undefined)
    folders.push({ name, isProject })
  }
  return { path: folder, parent: dirname(folder) === folder ? null : dirname(folder), folders }
}

async function readFolder(asked: string) {
  const folder = await realpath(asked)
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort((a, b) => a.localeCompare(b))
  return { folder, names: names.slice(0, mostFolders), begins: await placesOfDisks() }
}

/** Where disks begin, as far as the system tells. */
async function placesOfDisks(): Promise<ReadonlySet<string>> {
  const table = await readFile('/proc/self/mounts', 'utf8').catch(() => '')
  const places = table.split('\n').map((line) => line.split(' ')[1] ?? '')
  // Spaces and the like are written in octal digits.
  return new Set(
    places.map((place) => place.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))),
  )
}
