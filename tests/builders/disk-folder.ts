import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isSameProcessAlive, ownIdentity } from '../../core/tracking/process-identity.ts'
import { atEnd } from './at-end.ts'

const prefix = 'slipway-disk'
const madeBy = /^slipway-disk-[a-z]+-(\d+)-(\d+)-/
/** What makes disks in such folders; nothing else is touched. */
const servers = ['fuse2fs', 'python3']

/**
 * A folder for a disk that is mounted below it. What a test leaves of it is cleared at the end of its file. Its name says
 * whose it is, so that what a killed test left mounted is cleared when the next disk is made.
 */
export function makeDiskFolder(kind: string): string {
  for (const name of readdirSync(tmpdir())) {
    const [, pid, startedAt] = madeBy.exec(name) ?? []
    if (pid === undefined || startedAt === undefined) continue
    if (!isSameProcessAlive({ pid: Number(pid), startedAt, bootId: null })) clear(join(tmpdir(), name))
  }
  const { pid, startedAt } = ownIdentity()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-${kind}-${pid}-${startedAt}-`))
  atEnd(() => existsSync(folder) && clear(folder))
  return folder
}

/** Another test may be at it as well. */
function clear(folder: string): void {
  // A server that was halted answers nobody, and whoever asks its disk is held.
  for (const pid of serversOf(folder)) attempt(() => process.kill(pid, 'SIGCONT'))
  for (const place of mountsBelow(folder).reverse())
    attempt(() => execFileSync('umount', ['--lazy', place], { stdio: 'ignore' }))
  for (const device of devicesOf(folder))
    attempt(() => execFileSync('losetup', ['--detach', device], { stdio: 'ignore' }))
  attempt(() => rmSync(folder, { recursive: true, force: true }))
}

function serversOf(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [program = '', ...given] = read(`/proc/${pid}/cmdline`).split('\0')
      return servers.includes(basename(program)) && given.some((one) => one.startsWith(`${folder}/`))
    })
    .map(Number)
}

function mountsBelow(folder: string): string[] {
  const places = read('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  return places.filter((place) => place.startsWith(`${folder}/`))
}

function devicesOf(folder: string): readonly string[] {
  const listed = attempt(() =>
    execFileSync('losetup', ['--noheadings', '--output', 'NAME,BACK-FILE'], { encoding: 'utf8' }),
  )
  const lines = (listed ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  return lines.filter(([, image]) => image?.startsWith(`${folder}/`)).map(([device]) => device as string)
}

function read(file: string): string {
  return attempt(() => readFileSync(file, 'utf8')) ?? ''
}

function attempt<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch {
    return null
  }
}
