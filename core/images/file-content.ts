import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Digest } from '../domain/digest.ts'
import { readElf, withoutSections } from './elf.ts'

/** Bytes that will be a file of an image, wherever they come from. May be opened several times. */
export type FileContent = {
  readonly sizeBytes: number
  digest(): Promise<Digest>
  open(): AsyncIterable<Uint8Array>
}

export function fromBytes(bytes: Uint8Array | string): FileContent {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return {
    sizeBytes: content.length,
    digest: async () => `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest,
    open: async function* () {
      yield content
    },
  }
}

/** A file as it stands on disk. @throws the system's error when it is not there */
export async function fromFile(file: string): Promise<FileContent> {
  const { size } = await stat(file)
  return fromParts(file, await identify(file), size, () => createReadStream(file))
}

/**
 * An ELF file without what only debuggers read: symbol table and debug sections lie behind the last loaded byte.
 * Node carries 18 MB of them. Any other file is taken as it is.
 */
export async function fromProgram(file: string): Promise<FileContent> {
  const elf = await readElf(file)
  const { size } = await stat(file)
  if (!elf || elf.loadedBytes >= size) return fromFile(file)
  const header = await readHead(file, 64)
  return fromParts(file, `${await identify(file)}:loaded`, elf.loadedBytes, async function* () {
    yield withoutSections(header)
    yield* createReadStream(file, { start: 64, end: elf.loadedBytes - 1 })
  })
}

/** Digests of files that were read before and have not changed since: a plan asks for them again and again. */
const known = new Map<string, Promise<Digest>>()

function fromParts(
  file: string,
  identity: string,
  sizeBytes: number,
  openBytes: () => AsyncIterable<Uint8Array>,
): FileContent {
  return {
    sizeBytes,
    open: openBytes,
    digest() {
      const before = known.get(`${file}:${identity}`)
      if (before) return before
      const digest = hash(openBytes())
      known.set(`${file}:${identity}`, digest)
      digest.catch(() => known.delete(`${file}:${identity}`))
      return digest
    },
  }
}

async function identify(file: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`
}

async function readHead(file: string, length: number): Promise<Buffer> {
  const handle = await open(file)
  try {
    const head = Buffer.alloc(length)
    await handle.read(head, 0, length, 0)
    return head
  } finally {
    await handle.close()
  }
}

async function hash(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const sum = createHash('sha256')
  for await (const part of bytes) sum.update(part)
  return `sha256:${sum.digest('hex')}` as Digest
}
