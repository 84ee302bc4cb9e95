import { availableParallelism } from 'node:os'
import { gzip, gzipSync } from 'fflate'

/** Changes with every change of the bytes that `compress` gives for the same input. */
export const compressorFormat = 'fflate-0.8.3-gzip-6-members-8388608'

const memberBytes = 8 * 1024 * 1024
const smallBytes = 256 * 1024
const options = { level: 6, mtime: 0 } as const

/**
 * Gzip with the same bytes on every machine: a compressor in JavaScript, since the zlib inside Node differs between
 * versions and processors. The input is cut into members of a fixed size, which threads compress side by side.
 */
export async function* compress(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const running: Promise<Uint8Array>[] = []
  const most = Math.max(1, Math.min(4, availableParallelism()))
  for await (const member of toMembers(source)) {
    signal?.throwIfAborted()
    const result = compressMember(member)
    // Awaited below, in order; until then a failure must not count as unhandled.
    result.catch(() => undefined)
    running.push(result)
    if (running.length >= most) yield await (running.shift() as Promise<Uint8Array>)
  }
  for (const member of running) yield await member
}

async function* toMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let member = new Uint8Array(memberBytes)
  let filled = 0
  let given = false
  for await (const part of source) {
    for (let at = 0; at < part.length; ) {
      const taken = Math.min(memberBytes - filled, part.length - at)
      member.set(part.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled === memberBytes) {
        yield member
        given = true
        member = new Uint8Array(memberBytes)
        filled = 0
      }
    }
  }
  if (filled > 0 || !given) yield member.subarray(0, filled)
}

function compressMember(member: Uint8Array): Promise<Uint8Array> {
  if (member.length <= smallBytes) return Promise.resolve(gzipSync(member, options))
  return new Promise((resolve, reject) => {
    gzip(member, { ...options, consume: true }, (error, result) => (error ? reject(error) : resolve(result)))
  })
}
