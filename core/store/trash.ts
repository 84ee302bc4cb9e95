import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { makeFolder, syncFolder } from './publish.ts'
import { blobName } from './verify-blobs.ts'

const trashedPattern = /^(\d+)-[0-9a-f]{64}$/

/** Blobs leave the store by way of a folder from which they can be taken back. */
export function createTrash(blobs: string, trash: string) {
  async function moveIn(digests: Iterable<Digest>): Promise<readonly Digest[]> {
    const moved: Digest[] = []
    await makeFolder(trash)
    for (const digest of digests) {
      try {
        await rename(join(blobs, digestHex(digest)), join(trash, `${Date.now()}-${digestHex(digest)}`))
        moved.push(digest)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
    if (moved.length > 0) for (const folder of [trash, blobs]) await syncFolder(folder)
    return moved
  }

  async function sweep(keep: ReadonlySet<Digest>, olderThanMs: number): Promise<readonly Digest[]> {
    const unreferenced: Digest[] = []
    for (const name of await readdir(blobs)) {
      if (!blobName.test(name) || keep.has(parseDigest(`sha256:${name}`))) continue
      if (Date.now() - (await stat(join(blobs, name))).ctimeMs < olderThanMs) continue
      unreferenced.push(parseDigest(`sha256:${name}`))
    }
    return moveIn(unreferenced)
  }

  /** Counts what it ended. */
  async function empty(olderThanMs: number): Promise<number> {
    await makeFolder(trash)
    const old = (await readdir(trash)).filter((name) => {
      const [, trashedAt] = trashedPattern.exec(name) ?? []
      return trashedAt !== undefined && Date.now() - Number(trashedAt) >= olderThanMs
    })
    for (const name of old) await rm(join(trash, name), { force: true })
    return old.length
  }

  return { moveIn, sweep, empty }
}
