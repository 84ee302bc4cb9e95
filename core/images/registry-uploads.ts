import { createHash, type Hash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import type { Store } from '../store/store.ts'
import { RegistryRefusal } from './registry-answer.ts'

const mostUploads = 64
const longestPauseMs = 60 * 60 * 1000

export type Upload = { readonly id: string; readonly sizeBytes: number }

/** Blobs on their way in, one file each until they are whole. */
export type RegistryUploads = {
  start(repository: string): Promise<Upload>
  find(repository: string, id: string): Upload
  /** Adds a request's body; `range` is its Content-Range. @throws RegistryRefusal RANGE_INVALID when it does not follow on */
  append(repository: string, id: string, message: IncomingMessage, range: string | undefined): Promise<Upload>
  /** Ends it: the bytes must be `digest`, and are in the store then. */
  finish(repository: string, id: string, digest: Digest): Promise<void>
  cancel(repository: string, id: string): Promise<void>
  close(): Promise<void>
}

type Entry = {
  readonly id: string
  readonly repository: string
  readonly file: string
  readonly handle: FileHandle
  readonly sum: Hash
  sizeBytes: number
  lastUsedAt: number
  busy: boolean
}

export function createRegistryUploads(store: Store): RegistryUploads {
  const entries = new Map<string, Entry>()

  async function forget(entry: Entry): Promise<void> {
    entries.delete(entry.id)
    await entry.handle.close()
    await rm(dirname(entry.file), { recursive: true, force: true })
  }

  function get(repository: string, id: string): Entry {
    const entry = entries.get(id)
    if (!entry || entry.repository !== repository)
      throw new RegistryRefusal('BLOB_UPLOAD_UNKNOWN', 'there is no such upload')
    if (entry.busy) throw new RegistryRefusal('BLOB_UPLOAD_INVALID', 'this upload is being written to')
    return entry
  }

  async function write(entry: Entry, message: IncomingMessage): Promise<void> {
    entry.busy = true
    try {
      for await (const part of message) {
        await entry.handle.write(part as Buffer)
        entry.sum.update(part as Buffer)
        entry.sizeBytes += (part as Buffer).length
        entry.lastUsedAt = performance.now()
      }
    } finally {
      entry.busy = false
    }
  }

  return {
    async start(repository) {
      const old = [...entries.values()].filter(
        ({ busy, lastUsedAt }) => !busy && performance.now() - lastUsedAt > longestPauseMs,
      )
      await Promise.all(old.map(forget))
      if (entries.size >= mostUploads)
        throw new RegistryRefusal('TOOMANYREQUESTS', 'too many uploads at once', { 'retry-after': '10' })
      const file = join(await store.makeStaging('upload'), 'bytes')
      const entry: Entry = {
        id: randomUUID(),
        repository,
        file,
        handle: await open(file, 'wx', 0o600),
        sum: createHash('sha256'),
        sizeBytes: 0,
        lastUsedAt: performance.now(),
        busy: false,
      }
      entries.set(entry.id, entry)
      return entry
    },
    find: get,
    async append(repository, id, message, range) {
      const entry = get(repository, id)
      const start = range === undefined ? null : /^(?:bytes )?(\d{1,15})-(\d{1,15})/.exec(range)?.[1]
      if (range !== undefined && Number(start ?? Number.NaN) !== entry.sizeBytes)
        throw new RegistryRefusal('RANGE_INVALID', `the upload stands at ${entry.sizeBytes}`, {
          location: `/v2/${repository}/blobs/uploads/${id}`,
          range: describeRange(entry),
        })
      await write(entry, message)
      return entry
    },
    async finish(repository, id, digest) {
      const entry = get(repository, id)
      const found = `sha256:${entry.sum.copy().digest('hex')}`
      if (found !== digest) {
        await forget(entry)
        throw new RegistryRefusal('DIGEST_INVALID', `the bytes are ${found}`)
      }
      await entry.handle.sync()
      await store.putFile(entry.file, 'application/octet-stream')
      await forget(entry)
    },
    async cancel(repository, id) {
      await forget(get(repository, id))
    },
    async close() {
      await Promise.all([...entries.values()].map(forget))
    },
  }
}

/** How the specification says how far an upload stands; nothing yet is `0-0` too. */
export function describeRange({ sizeBytes }: Upload): string {
  return `0-${Math.max(0, sizeBytes - 1)}`
}
