import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Digest, isDigest } from '../domain/digest.ts'
import { digestOf } from './hash-file.ts'

/** A file in a pack; where it begins follows from those before it. */
export type PackMember = { readonly digest: Digest; readonly offset: number; readonly length: number }
export type PackList = { readonly name: Digest; readonly members: readonly PackMember[]; readonly sizeBytes: number }

const endBytes = 32
const endPattern = /^slipway pack 1 (\d{16})\n$/
const hexDigits = 64

/**
 * What follows the bytes of the files: the list, a line `HEX LENGTH` for each file in order, and 32 bytes that say how
 * long the list is. A pack is named by the digest of its list, which determines every byte of it: so none is hashed twice.
 */
export function formatPackEnd(files: Iterable<readonly [hex: string, length: number]>) {
  let list = ''
  for (const [hex, length] of files) list += `${hex} ${length}\n`
  const name = digestOf(list)
  return { name, end: Buffer.from(`${list}slipway pack 1 ${String(list.length).padStart(16, '0')}\n`, 'latin1') }
}

/** Null when the list is not whole, whatever else of the file is. Whether it bears its own name is for the caller to see. */
export function readPackList(file: string): PackList | null {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size < endBytes) return null
    const [, digits] = endPattern.exec(readAt(fd, size - endBytes, endBytes)) ?? []
    const begin = size - endBytes - Number(digits)
    if (digits === undefined || begin < 0) return null
    const list = readAt(fd, begin, Number(digits))
    const members = parseList(list)
    const last = members?.at(-1)
    if (members === null || last === undefined || last.offset + last.length !== begin) return null
    return { name: digestOf(list), members, sizeBytes: size }
  } finally {
    closeSync(fd)
  }
}

function parseList(list: string): readonly PackMember[] | null {
  const members: PackMember[] = []
  let offset = 0
  for (let at = 0; at < list.length; ) {
    const end = list.indexOf('\n', at)
    const digest = `sha256:${list.slice(at, at + hexDigits)}`
    const length = Number(list.slice(at + hexDigits + 1, end))
    if (end < 0 || !isDigest(digest) || !Number.isSafeInteger(length) || length < 0) return null
    members.push({ digest, offset, length })
    offset += length
    at = end + 1
  }
  return members
}

function readAt(fd: number, at: number, length: number): string {
  const bytes = Buffer.allocUnsafe(length)
  return bytes.toString('latin1', 0, readSync(fd, bytes, 0, length, at))
}

/** Re-hashes each of the files; gives those that are not what the list says. */
export async function findHurtMembers(
  file: string,
  members: readonly PackMember[],
  signal?: AbortSignal,
): Promise<readonly Digest[]> {
  const hurt: Digest[] = []
  await eachMember(file, members, async ({ digest }, bytes) => {
    signal?.throwIfAborted()
    if (digestOf(bytes) !== digest) hurt.push(digest)
  })
  return hurt
}

/** The bytes that stand in the place of each, which are good until the next. */
export async function eachMember(
  file: string,
  members: readonly PackMember[],
  look: (member: PackMember, bytes: Buffer) => Promise<void>,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(members.reduce((most, { length }) => Math.max(most, length), 0))
  const handle = await open(file, 'r')
  try {
    for (const member of members) {
      const { bytesRead } = await handle.read(buffer, 0, member.length, member.offset)
      await look(member, buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}
