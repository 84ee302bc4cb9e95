import { createCipheriv, createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { runProgram } from '../harness/measure.ts'

/** Data that is kept by each contender in a folder `data` of its own. */
export type Work = {
  readonly name: string
  /** The original, which no contender touches. */
  readonly master: string
  readonly bytes: number
}

/** Bytes that compress to nothing smaller, the same for the same seed. */
function randomBytes(length: number, seed: number): Buffer {
  const key = createHash('sha256').update(`data ${seed}`).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

export async function makeLargeFile(folder: string, bytes: number): Promise<Work> {
  const master = join(folder, 'large')
  mkdirSync(master, { recursive: true })
  const fd = openSync(join(master, 'large.bin'), 'wx')
  const piece = Math.min(bytes, 64 * 1024 * 1024)
  for (let at = 0; at < bytes; at += piece) writeSync(fd, randomBytes(Math.min(piece, bytes - at), at))
  closeSync(fd)
  await runProgram('sync', [])
  return { name: `1 file of ${bytes / 1024 ** 2} MiB`, master, bytes }
}

/** A file that was written a moment ago may be written again within one tick of the disk's clock: nobody trusts it yet. */
export const settledMs = 2_500

export const smallFileBytes = 50 * 1024
const filesPerFolder = 1000

export async function makeSmallFiles(folder: string, count: number): Promise<Work> {
  const master = join(folder, 'small')
  for (let number = 0; number < count; number++) {
    const file = join(master, smallFileName(number))
    if (number % filesPerFolder === 0) mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, randomBytes(smallFileBytes, number))
  }
  await runProgram('sync', [])
  return { name: 'small', master, bytes: count * smallFileBytes }
}

/** The first folder of many small files, in a folder of its own beside it. */
export function firstFolder({ master }: Work): Work & { readonly files: number } {
  const alone = `${master}-first`
  const [folder = ''] = readdirSync(master).sort()
  mkdirSync(alone, { recursive: true })
  if (!existsSync(join(alone, folder))) cpSync(join(master, folder), join(alone, folder), { recursive: true })
  const files = readdirSync(join(alone, folder)).length
  return { name: 'first', master: alone, bytes: files * smallFileBytes, files }
}

function smallFileName(number: number): string {
  return `part-${String(Math.floor(number / filesPerFolder)).padStart(3, '0')}/${String(number).padStart(6, '0')}.bin`
}

/** Other bytes in one file of the middle; another state for each round, the same for all contenders. */
export function changeOne(data: string, count: number, round: number): void {
  const file = join(data, smallFileName(Math.floor(count / 2)))
  rmSync(file)
  writeFileSync(file, randomBytes(smallFileBytes, 1_000_000 + round))
}

/** A table and the same with one percent more rows at its end, each written whole, as programs write Parquet. */
export async function makeTables(folder: string, rows: number): Promise<{ readonly base: Work; readonly grown: Work }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const write = async (name: string, count: number): Promise<Work> => {
    const master = join(folder, name)
    mkdirSync(master, { recursive: true })
    const file = join(master, 'table.parquet')
    await connection.run(`COPY (
      SELECT i AS id, hash(i) AS a, (hash(i + 1) % 1000003) / 7.0 AS b, md5(i::VARCHAR) AS text,
        ['north', 'south', 'east', 'west'][1 + (i % 4)] AS region
      FROM range(${count}) t(i)
    ) TO '${file}' (FORMAT parquet, COMPRESSION snappy)`)
    return { name, master, bytes: statSync(file).size }
  }
  try {
    return { base: await write('table', rows), grown: await write('grown', Math.round(rows * 1.01)) }
  } finally {
    connection.closeSync()
  }
}

/** Puts the original's files into `data`, with bytes and times of their own. What another program linked is replaced. */
export async function copyMaster({ master }: Work, data: string): Promise<void> {
  // What an earlier round linked may be read-only, folders too.
  if (existsSync(data)) await runProgram('chmod', ['-R', 'u+w', data])
  rmSync(data, { recursive: true, force: true })
  await runProgram('cp', ['-r', '--reflink=never', master, data])
}

/** Replaces the one file in `data` as a program does that writes a new one and renames it. */
export async function replaceWith({ master }: Work, data: string): Promise<void> {
  for (const name of readdirSync(master)) {
    await runProgram('cp', ['--reflink=never', join(master, name), join(data, `${name}.new`)])
    renameSync(join(data, `${name}.new`), join(data, name))
  }
}

/** One digest of all paths and bytes below a folder; links to files are read through. */
export function digestTree(folder: string): string {
  const whole = createHash('sha256')
  const piece = Buffer.allocUnsafeSlow(4 * 1024 * 1024)
  for (const path of listFiles(folder, '')) {
    const file = createHash('sha256')
    const fd = openSync(join(folder, path), 'r')
    for (let read = 1; read > 0; ) {
      read = readSync(fd, piece, 0, piece.length, null)
      file.update(piece.subarray(0, read))
    }
    closeSync(fd)
    whole.update(`${path} ${file.digest('hex')}\n`)
  }
  return whole.digest('hex')
}

export function listFiles(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory() ? listFiles(folder, path) : [path]
    })
}

/** Bytes of all files below a folder, a file with several names once. */
export function bytesBelow(folder: string): number {
  const seen = new Set<number>()
  let bytes = 0
  for (const path of listFiles(folder, '')) {
    const status = lstatSync(join(folder, path))
    if (seen.has(status.ino)) continue
    seen.add(status.ino)
    bytes += status.size
  }
  return bytes
}
