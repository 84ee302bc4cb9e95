import { existsSync } from 'node:fs'
import { access, constants, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { formatIndex } from './layout-index.ts'
import { makeFolder, publishText, syncFolder } from './publish.ts'
import { sweepStale, temporaryName } from './temporary-names.ts'

const layoutMarker = '{"imageLayoutVersion":"1.0.0"}'

export type LayoutFolders = {
  readonly folder: string
  readonly blobs: string
  readonly packed: string
  readonly temporary: string
  readonly trash: string
}

/** Makes what a layout needs where it is missing; a store that takes no writes is left as it is. */
export async function openLayout(folders: LayoutFolders): Promise<void> {
  const { folder, blobs } = folders
  if (existsSync(folder) && !existsSync(blobs) && (await holdsMore(folder, dirname(blobs)))) {
    throw fail('store/notALayout', { folder, problem: 'it holds other files' })
  }
  if (!(await isWritable(nearestFolder(blobs)))) return
  try {
    await makeLayout(folders)
  } catch (error) {
    // A disk that was found damaged is read-only, whatever its rights say.
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error
  }
}

async function makeLayout({ folder, blobs, packed, temporary, trash }: LayoutFolders): Promise<void> {
  const marker = join(folder, 'oci-layout')
  const index = join(folder, 'index.json')
  for (const each of [blobs, temporary]) await makeFolder(each)
  // Made while there is space: on a full disk it is the way to make some.
  await makeFolder(trash).catch(() => undefined)
  await sweepStale(temporary)
  // Names that a killed process put there and did not live to sync: from now on they count as stored.
  for (const each of [blobs, packed]) if (existsSync(each)) await syncFolder(each)
  const publish = (file: string, text: string) => publishText(join(temporary, temporaryName('put')), file, text)
  if (!existsSync(index)) await publish(index, formatIndex([]))
  if (!existsSync(marker)) await publish(marker, layoutMarker)
}

/** An empty `blobs` is a layout whose making was cut off. */
async function holdsMore(folder: string, blobsParent: string): Promise<boolean> {
  const names = await readdir(folder)
  if (names.some((name) => name !== basename(blobsParent))) return true
  return names.length > 0 && (await readdir(blobsParent)).length > 0
}

/** The folder itself, or the first above it that is there: what would have to take it in. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder))
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}
