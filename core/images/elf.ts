import { open } from 'node:fs/promises'

/** What this project asks of an ELF file: 64-bit, little-endian, as on linux/amd64 and linux/arm64. */
export type Elf = {
  readonly architecture: 'amd64' | 'arm64' | 'other'
  /** The program that loads it; null for a library. */
  readonly interpreter: string | null
  /** DT_NEEDED names, in order. */
  readonly needed: readonly string[]
  /** DT_RUNPATH or DT_RPATH entries. */
  readonly searchPaths: readonly string[]
  /** End of the last byte that a loader maps: what follows is for debuggers. */
  readonly loadedBytes: number
}

const segmentTypes = { load: 1, dynamic: 2, interpreter: 3 } as const
const dynamicTags = { end: 0, needed: 1, strings: 5, rpath: 15, runpath: 29 } as const
const architectures: Readonly<Record<number, Elf['architecture']>> = { 62: 'amd64', 183: 'arm64' }
const headerBytes = 64

type Segment = { type: number; offset: number; address: number; fileBytes: number }

/** Null when the file is not a 64-bit little-endian ELF file. @throws RangeError when it is a broken one */
export async function readElf(file: string): Promise<Elf | null> {
  const handle = await open(file)
  try {
    const read = async (offset: number, length: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(length)
      const { bytesRead } = await handle.read(bytes, 0, length, offset)
      if (bytesRead < length) throw new RangeError('the file ends too early')
      return bytes
    }
    const { size } = await handle.stat()
    if (size < headerBytes) return null
    const header = await read(0, headerBytes)
    if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return null
    const segments = readSegments(header, await read(Number(header.readBigUInt64LE(32)), segmentTableBytes(header)))
    const interpreter = segments.find((segment) => segment.type === segmentTypes.interpreter)
    return {
      architecture: architectures[header.readUInt16LE(18)] ?? 'other',
      interpreter: interpreter ? toText(await read(interpreter.offset, interpreter.fileBytes), 0) : null,
      ...(await readDynamic(segments, read)),
      loadedBytes: Math.max(
        headerBytes,
        ...segments.filter(({ type }) => type === segmentTypes.load).map(({ offset, fileBytes }) => offset + fileBytes),
      ),
    }
  } finally {
    await handle.close()
  }
}

/** The header of the same file cut after `loadedBytes`: it names no sections any more. */
export function withoutSections(header: Buffer): Buffer {
  const cut = Buffer.from(header)
  cut.writeBigUInt64LE(0n, 40)
  cut.writeUInt16LE(0, 60)
  cut.writeUInt16LE(0, 62)
  return cut
}

function segmentTableBytes(header: Buffer): number {
  return header.readUInt16LE(54) * header.readUInt16LE(56)
}

function readSegments(header: Buffer, table: Buffer): readonly Segment[] {
  const size = header.readUInt16LE(54)
  return Array.from({ length: header.readUInt16LE(56) }, (_, i) => ({
    type: table.readUInt32LE(i * size),
    offset: Number(table.readBigUInt64LE(i * size + 8)),
    address: Number(table.readBigUInt64LE(i * size + 16)),
    fileBytes: Number(table.readBigUInt64LE(i * size + 32)),
  }))
}

async function readDynamic(
  segments: readonly Segment[],
  read: (offset: number, length: number) => Promise<Buffer>,
): Promise<Pick<Elf, 'needed' | 'searchPaths'>> {
  const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic)
  if (!dynamic) return { needed: [], searchPaths: [] }
  const table = await read(dynamic.offset, dynamic.fileBytes)
  const entries: { tag: number; value: number }[] = []
  for (let at = 0; at + 16 <= table.length; at += 16) {
    const tag = Number(table.readBigInt64LE(at))
    if (tag === dynamicTags.end) break
    entries.push({ tag, value: Number(table.readBigUInt64LE(at + 8)) })
  }
  const stringsAddress = entries.find(({ tag }) => tag === dynamicTags.strings)?.value
  if (stringsAddress === undefined) return { needed: [], searchPaths: [] }
  const home = segments.find(
    ({ type, address, fileBytes }) =>
      type === segmentTypes.load && stringsAddress >= address && stringsAddress < address + fileBytes,
  )
  if (!home) throw new RangeError('its string table is not loaded')
  const textAt = async (offset: number): Promise<string> => {
    const start = home.offset + (stringsAddress - home.address) + offset
    return toText(await read(start, Math.min(4096, home.offset + home.fileBytes - start)), 0)
  }
  const texts = (wanted: readonly number[]) =>
    Promise.all(entries.filter(({ tag }) => wanted.includes(tag)).map(({ value }) => textAt(value)))
  return {
    needed: await texts([dynamicTags.needed]),
    searchPaths: (await texts([dynamicTags.runpath, dynamicTags.rpath])).flatMap((paths) => paths.split(':')),
  }
}

function toText(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start)
  return bytes.toString('utf8', start, end < 0 ? bytes.length : end)
}
