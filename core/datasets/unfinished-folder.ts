import { existsSync, mkdirSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { locateProjectFile, parseProjectPath } from '../project/project-paths.ts'
import { syncFolder } from '../store/publish.ts'
import { assertRoom, explainWrite, hiddenBeside, refuseOwnRecords, shareBlocks, writeAll } from './unfinished-file.ts'

/** Files on their way into a new folder of the project, which appears with all of them or not at all. */
export type UnfinishedFolder = {
  /** Path in the project. */
  readonly to: string
  readonly sizeBytes: number
  /** How many bytes are there, of all files. */
  readonly written: () => number
  /** Ends the file before and begins one at that path in the folder, given once. @throws data/outExists */
  begin(path: string, from?: string): Promise<void>
  /** The file that was begun last, and how many bytes of it are there. */
  readonly current: () => { readonly path: string; readonly written: number } | null
  write(bytes: Uint8Array): Promise<void>
  /** Gives it its name, in the place of nothing. @throws data/outExists, data/outUnwritable, project/diskFull */
  finish(): Promise<void>
  /** Leaves nothing of it. Does nothing once it has ended. */
  drop(): Promise<void>
}

/**
 * @param folder the project's real path
 * @throws project/pathRefused, data/outExists, project/diskFull, data/outUnwritable
 */
export async function openUnfinishedFolder(folder: string, to: string, sizeBytes: number): Promise<UnfinishedFolder> {
  refuseOwnRecords(to)
  const name = parseProjectPath(to).at(-1) as string
  // Asked for a hidden file beside it, since a folder that stands there is no file and would be refused as none.
  const locate = () => join(dirname(locateProjectFile(folder, `${to.slice(0, -name.length)}.slipway-place`)), name)
  const target = locate()
  if (existsSync(target)) throw fail('data/outExists', { file: to })
  const hidden = hiddenBeside(target)
  try {
    mkdirSync(dirname(target), { recursive: true })
    // Asked again, now that the folders are there: one of them may have been made a link meanwhile.
    locate()
    assertRoom(dirname(target), sizeBytes, to)
    await rm(hidden, { recursive: true, force: true })
    await mkdir(hidden)
  } catch (error) {
    throw explainWrite(error, to)
  }
  const folders = new Set([hidden])
  let current: { readonly path: string; readonly handle: FileHandle; written: number } | null = null
  let written = 0
  let hasEnded = false

  const close = async (syncs: boolean) => {
    const ended = current
    current = null
    if (syncs) await ended?.handle.sync()
    await ended?.handle.close()
  }
  const drop = async () => {
    if (hasEnded) return
    hasEnded = true
    await close(false).catch(() => undefined)
    await rm(hidden, { recursive: true, force: true })
  }

  return {
    to,
    sizeBytes,
    written: () => written,
    current: () => current,
    async begin(path, from) {
      const segments = parseProjectPath(`${to}/${path}`).slice(parseProjectPath(to).length)
      const file = join(hidden, ...segments)
      try {
        await close(true)
        for (let above = dirname(file); !folders.has(above); above = dirname(above)) folders.add(above)
        await mkdir(dirname(file), { recursive: true })
        if (existsSync(file)) throw fail('data/outExists', { file: `${to}/${path}` })
        const isShared = from !== undefined && (await shareBlocks(from, file))
        const handle = await open(file, isShared ? 'r+' : 'wx', 0o644)
        current = { path, handle, written: 0 }
        if (isShared) current.written = (await handle.stat()).size
        written += current.written
      } catch (error) {
        throw explainWrite(error, `${to}/${path}`)
      }
    },
    async write(bytes) {
      if (current === null) throw new Error('no file was begun')
      try {
        await writeAll(current.handle, bytes, current.written)
        current.written += bytes.length
        written += bytes.length
      } catch (error) {
        throw explainWrite(error, `${to}/${current.path}`)
      }
    },
    async finish() {
      try {
        await close(true)
        for (const each of folders) await syncFolder(each)
        // A folder takes the place of an empty one at most: what holds anything is refused by the system.
        if (existsSync(target)) throw fail('data/outExists', { file: to })
        await rename(hidden, target)
        hasEnded = true
        await syncFolder(dirname(target))
      } catch (error) {
        throw explainWrite(error, to)
      } finally {
        await drop()
      }
    },
    drop,
  }
}
