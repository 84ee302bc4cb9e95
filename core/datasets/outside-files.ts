import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { isPassedOver } from '../domain/dataset-path.ts'
import { fail } from '../domain/failure.ts'
import { isInside } from '../project/project-paths.ts'

/** A file of this computer that is to be brought, and its path in the folder that it comes into. */
export type SourceFile = { readonly from: string; readonly path: string; readonly sizeBytes: number }

/** Follows links: whoever names a file of this computer means what it leads to. @throws data/fileRefused */
export async function openSource(from: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    // Without waiting: a pipe would hold whoever opens it.
    handle = await open(from, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw explain(error, from)
  }
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw refuse(from, 'it is not a regular file')
}

/** @throws data/fileRefused */
export async function isSourceFolder(from: string): Promise<boolean> {
  return (await lookAt(from)).isDirectory()
}

/**
 * All files of what was named. A folder that is named alone gives what it holds; beside others it keeps its name.
 * What a dataset passes over in folders stays where it is. The disk that they lie on may be slow, so nothing here
 * waits for it in the main thread. @throws data/fileRefused
 */
export async function listSources(
  from: readonly string[],
  projectFolder: string,
  signal: AbortSignal,
): Promise<readonly SourceFile[]> {
  const found: SourceFile[] = []

  const visit = async (file: string, path: string, above: readonly string[]): Promise<void> => {
    signal.throwIfAborted()
    const status = await lookAt(file)
    if (status.isFile()) {
      found.push({ from: file, path, sizeBytes: status.size })
      return
    }
    if (!status.isDirectory()) throw refuse(file, 'it is not a regular file')
    const real = await realpath(file)
    if (above.includes(real)) throw refuse(file, 'a link in it leads back to a folder above')
    if (isInside(projectFolder, real)) throw refuse(file, 'the project lies in it')
    const names = await readdir(file).catch((error: unknown) => {
      throw explain(error, file)
    })
    for (const name of names.sort())
      if (!isPassedOver(name)) await visit(join(file, name), path === '' ? name : `${path}/${name}`, [...above, real])
  }

  for (const each of from) await visit(each, from.length === 1 ? '' : basename(each), [])
  if (found.length === 0) throw refuse(from[0] as string, 'there is no file in it')
  return found
}

async function lookAt(from: string): Promise<Stats> {
  if (!isAbsolute(from)) throw refuse(from, 'its path does not begin at the root')
  try {
    return await stat(from)
  } catch (error) {
    throw explain(error, from)
  }
}

function explain(error: unknown, path: string) {
  const { code } = error as NodeJS.ErrnoException
  return refuse(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'it is not there' : `it cannot be read (${code})`)
}

function refuse(path: string, reason: string) {
  return fail('data/fileRefused', { path, reason })
}
