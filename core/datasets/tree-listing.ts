import type { DatasetFile } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { digestOf } from '../store/hash-file.ts'

type ListedFile = Pick<DatasetFile, 'path' | 'digest' | 'sizeBytes'>
type Listing = {
  readonly files: readonly ListedFile[]
  readonly text: Buffer
  /** Where the line of each file ends in it. */
  readonly ends: Uint32Array
}

/** Shorter ones are written faster than found again. */
const fewestRemembered = 1_000
/** The last long one, a few megabytes: of thousands of lines all but a few are in the next one, too. */
let last: Listing | null = null

/** The identity of a state: the digest of its listing. */
export function treeDigest(files: readonly ListedFile[]): Digest {
  return digestOf(treeListing(files))
}

/** Its paths, digests and sizes in order, as canonical JSON; where and when it was read is no part of it. */
export function treeListing(files: readonly ListedFile[]): Uint8Array {
  const listing = patch(last, files) ?? write(files)
  if (files.length >= fewestRemembered) last = listing
  return listing.text
}

function write(files: readonly ListedFile[]): Listing {
  const sorted = isSorted(files) ? files : [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const lines = sorted.map(toLine)
  const ends = new Uint32Array(lines.length)
  let end = 0
  for (const [index, line] of lines.entries()) {
    end += 1 + Buffer.byteLength(line)
    ends[index] = end
  }
  return { files: sorted, text: Buffer.from(`[${lines.join(',')}]`), ends }
}

/** From an earlier listing of the same paths, of whose files most are the very same objects; else null. */
function patch(before: Listing | null, files: readonly ListedFile[]): Listing | null {
  if (before === null || before.files.length !== files.length) return null
  const ends = new Uint32Array(before.ends)
  const pieces: Uint8Array[] = []
  let from = 0
  let grewBy = 0
  for (const [index, file] of files.entries()) {
    const old = before.files[index] as ListedFile
    if (old !== file) {
      if (old.path !== file.path || pieces.length > files.length / 8) return null
      const begin = index === 0 ? 1 : (before.ends[index - 1] as number) + 1
      const line = Buffer.from(toLine(file))
      const end = before.ends[index] as number
      pieces.push(before.text.subarray(from, begin), line)
      grewBy += line.length - (end - begin)
      from = end
    }
    if (grewBy !== 0) ends[index] = (before.ends[index] as number) + grewBy
  }
  if (pieces.length === 0) return before
  return { files, text: Buffer.concat([...pieces, before.text.subarray(from)]), ends }
}

function toLine({ path, digest, sizeBytes }: ListedFile): string {
  return `{"digest":"${digest}","path":${JSON.stringify(path)},"sizeBytes":${sizeBytes}}`
}

function isSorted(files: readonly ListedFile[]): boolean {
  return files.every(({ path }, index) => index === 0 || (files[index - 1] as ListedFile).path <= path)
}
