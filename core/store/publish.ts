import { chmod, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The directory's own record of names, without which a rename may be forgotten in a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a new file whole and syncs it; nothing of it is left when that fails. */
export async function writeWhole<Result>(
  file: string,
  mode: number,
  write: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, 'wx', 0o600)
  try {
    const result = await write(handle)
    await handle.chmod(mode)
    await handle.sync()
    return result
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** Syncs a file that is whole already and is given up by its owner. */
export async function sealFile(file: string, mode: number): Promise<void> {
  await chmod(file, 0o600)
  const handle = await open(file, 'r+')
  try {
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The last half of publishing: under `final` stands the old file, the new one, or none; never a part of one. */
export async function putInPlace(unfinished: string, final: string): Promise<void> {
  try {
    await rename(unfinished, final)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') await rm(unfinished, { force: true })
    throw error
  }
  await syncFolder(dirname(final))
}

export async function publishText(unfinished: string, final: string, text: string): Promise<void> {
  await writeWhole(unfinished, 0o600, (handle) => handle.writeFile(text))
  await putInPlace(unfinished, final)
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
}
