import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { type Digest, parseDigest } from '../domain/digest.ts'

const chunkBytes = 1024 * 1024

export function digestOf(bytes: Uint8Array | string): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
}

/** Streams the file through SHA-256; memory stays at one chunk whatever the size. */
export async function hashFile(
  file: string,
  signal?: AbortSignal,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const hash = createHash('sha256')
  const handle = await open(file, 'r')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let sizeBytes = 0
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(chunk, 0, chunk.length)
      if (bytesRead === 0) break
      hash.update(chunk.subarray(0, bytesRead))
      sizeBytes += bytesRead
    }
  } finally {
    await handle.close()
  }
  return { digest: parseDigest(`sha256:${hash.digest('hex')}`), sizeBytes }
}
