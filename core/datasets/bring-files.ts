import { constants, type FileHandle, open } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { OpenedProject } from '../project/opened-project.ts'
import type { BroughtFile, LongCall } from './datasets.ts'
import { openUnfinishedFile, type UnfinishedFile } from './unfinished-file.ts'

/** Files from outside that become files of the project: whole or not at all, and never in the place of another. */
export type BringFiles = {
  /** @param from absolute path of a file of this computer. @param to path in the project */
  bring(from: string, to: string, call: LongCall): Promise<BroughtFile>
  /** For a file that only a browser can read: it comes in pieces. @returns by what the pieces name it */
  openUpload(to: string, sizeBytes: number): Promise<string>
  /** @param offset how many bytes came before */
  writeUpload(upload: string, offset: number, bytes: Uint8Array): Promise<void>
  finishUpload(upload: string): Promise<BroughtFile>
  /** Ends one that is not to be finished, and leaves nothing of it; an unknown one is ended already. */
  dropUpload(upload: string): Promise<void>
  /** Ends all that were not finished. */
  closeUploads(): Promise<void>
}

const pieceBytes = 1024 * 1024
/** A window that went away in the middle says nothing; so long after its last piece the next upload ends its own. */
const forgottenMs = 10 * 60_000

export function createBringFiles(project: Pick<OpenedProject, 'get' | 'assertWritable'>): BringFiles {
  const uploads = new Map<string, { readonly file: UnfinishedFile; lastAt: number }>()
  /** Places that a file is on its way to. */
  const taken = new Set<string>()

  async function begin(to: string, sizeBytes: number, from: string | null): Promise<UnfinishedFile> {
    project.assertWritable()
    const { folder } = project.get()
    const place = join(folder, to)
    if (taken.has(place)) throw fail('data/outExists', { file: to })
    taken.add(place)
    try {
      const file = await openUnfinishedFile(folder, to, sizeBytes, from)
      const free = () => taken.delete(place)
      return { ...file, finish: () => file.finish().finally(free), drop: () => file.drop().finally(free) }
    } catch (error) {
      taken.delete(place)
      throw error
    }
  }

  function find(upload: string) {
    const found = uploads.get(upload)
    if (found) return found
    throw fail('host/usage', { problem: 'This upload is over.', hint: 'Add the file again.' })
  }

  async function dropUpload(upload: string): Promise<void> {
    const found = uploads.get(upload)
    uploads.delete(upload)
    await found?.file.drop()
  }

  async function refuseUpload(upload: string, problem: string): Promise<never> {
    await dropUpload(upload)
    throw fail('host/usage', { problem, hint: 'Add the file again.' })
  }

  return {
    async bring(from, to, { report, signal }) {
      const source = await openSource(from)
      try {
        const { size } = await source.stat()
        const file = await begin(to, size, from)
        const tell = () =>
          report({ phase: 'Read files', done: file.written(), total: size, unit: 'bytes', fact: basename(from) })
        try {
          tell()
          await copyRest(source, file, signal, tell)
          const brought = { path: to, sizeBytes: file.written() }
          await file.finish()
          return brought
        } finally {
          await file.drop()
        }
      } finally {
        await source.close()
      }
    },

    async openUpload(to, sizeBytes) {
      for (const [upload, { lastAt }] of uploads) if (Date.now() - lastAt > forgottenMs) await dropUpload(upload)
      const upload = crypto.randomUUID()
      uploads.set(upload, { file: await begin(to, sizeBytes, null), lastAt: Date.now() })
      return upload
    },

    async writeUpload(upload, offset, bytes) {
      const found = find(upload)
      const { file } = found
      if (offset !== file.written() || offset + bytes.length > file.sizeBytes)
        return refuseUpload(upload, `A piece of ${file.to} was lost.`)
      try {
        await file.write(bytes)
        found.lastAt = Date.now()
      } catch (error) {
        await dropUpload(upload)
        throw error
      }
    },

    async finishUpload(upload) {
      const { file } = find(upload)
      if (file.written() !== file.sizeBytes) return refuseUpload(upload, `${file.to} did not come whole.`)
      uploads.delete(upload)
      await file.finish()
      return { path: file.to, sizeBytes: file.sizeBytes }
    },

    dropUpload,
    async closeUploads() {
      for (const upload of [...uploads.keys()]) await dropUpload(upload)
    },
  }
}

/** Follows links: whoever names a file of this computer means what it leads to. @throws data/fileRefused */
async function openSource(from: string): Promise<FileHandle> {
  const refuse = (reason: string) => fail('data/fileRefused', { path: from, reason })
  if (!isAbsolute(from)) throw refuse('its path does not begin at the root')
  let handle: FileHandle
  try {
    // Without waiting: a pipe would hold whoever opens it.
    handle = await open(from, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw refuse(code === 'ENOENT' || code === 'ENOTDIR' ? 'it is not there' : `it cannot be read (${code})`)
  }
  const status = await handle.stat()
  if (status.isFile()) return handle
  await handle.close()
  throw refuse(status.isDirectory() ? 'it is a folder' : 'it is not a regular file')
}

async function copyRest(source: FileHandle, file: UnfinishedFile, signal: AbortSignal, tell: () => void) {
  const piece = Buffer.alloc(pieceBytes)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await source.read(piece, 0, piece.length, file.written())
    if (bytesRead === 0) return
    await file.write(piece.subarray(0, bytesRead))
    tell()
  }
}
