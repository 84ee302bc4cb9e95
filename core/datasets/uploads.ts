import { fail } from '../domain/failure.ts'
import type { BroughtFile } from './datasets.ts'
import type { UnfinishedFile } from './unfinished-file.ts'
import type { UnfinishedFolder } from './unfinished-folder.ts'
import type { Places } from './unfinished-places.ts'

/** What only a browser can read comes in pieces: a file, or the files of a new folder, one after the other. */
export type Uploads = {
  /** @param isFolder `to` is a folder that is to be made. @returns by what the pieces name it */
  openUpload(to: string, sizeBytes: number, isFolder?: boolean): Promise<string>
  /**
   * @param offset how many bytes of the file came before
   * @param file its path in the folder; null where the upload is one file. At offset 0 the file is begun, empty ones too
   */
  writeUpload(upload: string, offset: number, bytes: Uint8Array, file?: string | null): Promise<void>
  finishUpload(upload: string): Promise<BroughtFile>
  /** Ends one that is not to be finished, and leaves nothing of it; an unknown one is ended already. */
  dropUpload(upload: string): Promise<void>
  /** Ends all that were not finished. */
  closeUploads(): Promise<void>
}

type Upload = { readonly to: UnfinishedFile | UnfinishedFolder; lastAt: number }

/** A window that went away in the middle says nothing; so long after its last piece the next upload ends its own. */
const forgottenMs = 10 * 60_000

export function createUploads(places: Places): Uploads {
  const uploads = new Map<string, Upload>()

  function find(upload: string): Upload {
    const found = uploads.get(upload)
    if (found) return found
    throw fail('host/usage', { problem: 'This upload is over.', hint: 'Add the file again.' })
  }

  async function dropUpload(upload: string): Promise<void> {
    const found = uploads.get(upload)
    uploads.delete(upload)
    await found?.to.drop()
  }

  async function refuse(upload: string, problem: string): Promise<never> {
    await dropUpload(upload)
    throw fail('host/usage', { problem, hint: 'Add the file again.' })
  }

  return {
    async openUpload(to, sizeBytes, isFolder = false) {
      for (const [upload, { lastAt }] of uploads) if (Date.now() - lastAt > forgottenMs) await dropUpload(upload)
      const upload = crypto.randomUUID()
      const place = isFolder ? await places.openFolder(to, sizeBytes) : await places.openFile(to, sizeBytes, null)
      uploads.set(upload, { to: place, lastAt: Date.now() })
      return upload
    },

    async writeUpload(upload, offset, bytes, file = null) {
      const found = find(upload)
      const { to } = found
      try {
        const isFolder = 'begin' in to
        if (isFolder && file !== null && offset === 0) await to.begin(file)
        const current = isFolder ? to.current() : { path: null, written: to.written() }
        const fits = current?.path === file && current.written === offset
        if (!fits || to.written() + bytes.length > to.sizeBytes)
          return await refuse(upload, `A piece of ${[to.to, file].filter(Boolean).join('/')} was lost.`)
        await to.write(bytes)
        found.lastAt = Date.now()
      } catch (error) {
        await dropUpload(upload)
        throw error
      }
    },

    async finishUpload(upload) {
      const { to } = find(upload)
      if (to.written() !== to.sizeBytes) return refuse(upload, `${to.to} did not come whole.`)
      uploads.delete(upload)
      await to.finish()
      return { path: to.to, sizeBytes: to.sizeBytes }
    },

    dropUpload,
    async closeUploads() {
      for (const upload of [...uploads.keys()]) await dropUpload(upload)
    },
  }
}
