import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { type Connection, findDamage, prepareForWriting, readVersion } from './connection.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrations.ts'

type Connect = (file: string, options?: { readonly readonly?: boolean }) => Connection

/** `.new-PID`, and what SQLite puts beside it. */
const unfinishedPattern = /\.new-(\d+)(-journal|-wal|-shm)?$/

/** Takes away what an earlier start was making when it was cut off; the lock of the project says that we are alone. */
export function sweepUnfinished(file: string): void {
  const name = basename(file)
  for (const [folder, isOurs] of [
    [dirname(file), (found: string) => found.startsWith(`${name}.new-`)],
    [backupsFolder(file), (found: string) => found.startsWith('slipway-v')],
  ] as const) {
    for (const found of existsSync(folder) ? readdirSync(folder) : []) {
      const [, pid] = unfinishedPattern.exec(found) ?? []
      if (pid === undefined || !isOurs(found) || isOtherAlive(Number(pid))) continue
      rmSync(join(folder, found), { force: true })
    }
  }
}

function isOtherAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function backupsFolder(file: string): string {
  return join(dirname(file), 'backups')
}

/** Made under another name and renamed when whole: a cut leaves no half database behind. */
export function createFile(connect: Connect, file: string, migrations: readonly Migration[]): void {
  const unfinished = `${file}.new-${process.pid}`
  rmSync(unfinished, { force: true })
  closeSync(openSync(unfinished, 'wx', 0o600))
  const connection = connect(unfinished)
  try {
    prepareForWriting(connection)
    migrate(connection, unfinished, migrations)
    connection.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    connection.close()
  }
  publish(unfinished, file)
}

/** `VACUUM INTO` gives one whole file, which is opened and checked before it counts. */
export function backUp(connect: Connect, connection: Connection, file: string, version: number): void {
  const folder = backupsFolder(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const backup = join(folder, `slipway-v${version}-${stamp}.db`)
  const unfinished = `${backup}.new-${process.pid}`
  rmSync(unfinished, { force: true })
  connection.prepare('VACUUM INTO ?').run(unfinished)
  const copy = connect(unfinished, { readonly: true })
  try {
    const damage = findDamage(copy)
    if (damage.length > 0 || readVersion(copy) !== version) {
      throw fail('database/hurt', { file, finding: damage[0] ?? 'its backup came out different' })
    }
  } finally {
    copy.close()
  }
  publish(unfinished, backup)
}

function publish(unfinished: string, final: string): void {
  syncPath(unfinished)
  renameSync(unfinished, final)
  syncPath(dirname(final))
}

function syncPath(path: string): void {
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
