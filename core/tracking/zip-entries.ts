/** How to reach bytes of a file by range. */
type ReadRange = (offset: number, length: number) => Promise<Buffer>
export type ZipEntry = { readonly name: string; readonly sizeBytes: number }

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const endBytes = 22
const longestCommentBytes = 0xffff
const largestDirectoryBytes = 4 * 1024 * 1024
const utf8Flag = 0x0800

/** Names and sizes in a ZIP archive (an .npz is one), from its directory alone; null when it is none that is understood. */
export async function listZipEntries(
  sizeBytes: number,
  readRange: ReadRange,
  most: number,
): Promise<readonly ZipEntry[] | null> {
  const tailBytes = Math.min(sizeBytes, endBytes + longestCommentBytes)
  const tail = await readRange(sizeBytes - tailBytes, tailBytes)
  const end = findEnd(tail)
  if (end === null || end.directoryBytes > largestDirectoryBytes) return null
  const directory = await readRange(end.directoryStart, end.directoryBytes)
  const entries: ZipEntry[] = []
  for (let at = 0; at + 46 <= directory.length && entries.length < most; ) {
    if (directory.readUInt32LE(at) !== entrySignature) return null
    const nameBytes = directory.readUInt16LE(at + 28)
    const name = directory.subarray(at + 46, at + 46 + nameBytes)
    const encoding = directory.readUInt16LE(at + 8) & utf8Flag ? 'utf8' : 'latin1'
    entries.push({ name: name.toString(encoding), sizeBytes: directory.readUInt32LE(at + 24) })
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/** The record at the very end, behind which only a comment may stand. */
function findEnd(tail: Buffer): { readonly directoryStart: number; readonly directoryBytes: number } | null {
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue
    return { directoryBytes: tail.readUInt32LE(at + 12), directoryStart: tail.readUInt32LE(at + 16) }
  }
  return null
}
