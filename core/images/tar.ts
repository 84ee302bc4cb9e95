import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import type { FileContent } from './file-content.ts'

/** One entry of an image layer. Paths are relative, POSIX, without a leading `./`. */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: FileContent }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

/** Changes with every change of the bytes that `writeTar` gives for the same entries. */
export const tarFormat = 'ustar-1'

const epoch = new Date(0)
const owner = { uid: 0, gid: 0, uname: '', gname: '', mtime: epoch } as const

/**
 * The same bytes for the same entries, everywhere: sorted by path, no times, owner 0, no names of owners.
 * Folders on the way to an entry are added, mode 0755.
 */
export function writeTar(entries: readonly TarEntry[]): Readable {
  const tar = pack()
  const feed = async () => {
    for (const entry of withFolders(entries)) await writeEntry(tar, entry)
    tar.finalize()
  }
  feed().catch((error) => tar.destroy(error instanceof Error ? error : new Error(String(error))))
  return tar as unknown as Readable
}

/** Size of what `writeTar` gives, without reading a file. Holds for paths of at most 100 bytes. */
export function sizeOfTar(entries: readonly TarEntry[]): number {
  const block = (bytes: number) => Math.ceil(bytes / 512) * 512
  return withFolders(entries).reduce(
    (sum, entry) => sum + 512 + (entry.kind === 'file' ? block(entry.content.sizeBytes) : 0),
    1024,
  )
}

export function withFolders(entries: readonly TarEntry[]): readonly TarEntry[] {
  const byPath = new Map<string, TarEntry>()
  for (const entry of entries) {
    const parts = entry.path.split('/')
    for (let i = 1; i < parts.length; i += 1) {
      const folder = parts.slice(0, i).join('/')
      if (!byPath.has(folder)) byPath.set(folder, { kind: 'folder', path: folder, mode: 0o755 })
    }
    byPath.set(entry.path, entry)
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** An entry being read; `bytes` must be consumed or left before the next one comes. */
export type ReadTarEntry = {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'hardLink' | 'other'
  readonly mode: number
  readonly sizeBytes: number
  readonly target: string | null
  readonly bytes: AsyncIterable<Uint8Array>
}

const kinds: Readonly<Record<string, ReadTarEntry['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hardLink',
}

/** Reads a tar, entry after entry, names cleaned of a leading `./` or `/`. @throws Error when it is no tar */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadTarEntry> {
  const reader = extract()
  const feeding = pipeline(Readable.from(source), reader as unknown as NodeJS.WritableStream)
  feeding.catch(() => undefined)
  for await (const entry of reader) {
    const { header } = entry
    yield {
      path: header.name.replace(/^(\.?\/)+/, '').replace(/\/$/, ''),
      kind: kinds[header.type ?? 'file'] ?? 'other',
      mode: header.mode ?? 0,
      sizeBytes: header.size ?? 0,
      target: header.linkname ?? null,
      bytes: entry as unknown as AsyncIterable<Uint8Array>,
    }
    entry.resume()
  }
  await feeding
}

async function writeEntry(tar: ReturnType<typeof pack>, entry: TarEntry): Promise<void> {
  if (entry.kind === 'folder') {
    tar.entry({ ...owner, name: `${entry.path}/`, type: 'directory', mode: entry.mode })
    return
  }
  if (entry.kind === 'link') {
    tar.entry({ ...owner, name: entry.path, type: 'symlink', linkname: entry.target, mode: 0o777 })
    return
  }
  const sink = tar.entry({
    ...owner,
    name: entry.path,
    type: 'file',
    mode: entry.mode,
    size: entry.content.sizeBytes,
  })
  await pipeline(entry.content.open(), sink as unknown as NodeJS.WritableStream)
}
