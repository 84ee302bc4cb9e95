import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import { findSharedFileSystem } from '../project/file-system.ts'
import { isSameProcessAlive, ownIdentity, type ProcessIdentity } from '../tracking/process-identity.ts'

/** What stands in a project's lock file: who has it open, and where that one listens. */
export type LockHolder = ProcessIdentity & {
  /** Tells two holds of one process apart. */
  readonly nonce: string
  readonly address: string
  readonly version: string
  /** Of a core that outlives the command that started it; `variables` are those that its steps get. */
  readonly kept?: { readonly idleMs: number; readonly variables: string } | undefined
  /** Inode of the folder that is locked, on its device: a lock that came along with a copy of it holds nothing. */
  readonly place: string
  /** Name of the computer. */
  readonly host: string
}

export type ProjectLock = { readonly holder: LockHolder; release(): void }
export type LockAttempt =
  | { readonly state: 'taken'; readonly lock: ProjectLock; readonly tookOver: LockHolder | null }
  | { readonly state: 'held'; readonly by: LockHolder }
  /** By another computer, of whose processes nothing is known here: it counts as alive. */
  | { readonly state: 'elsewhere'; readonly by: LockHolder }

const lockName = 'core.lock'

/**
 * Takes the project's lock, or says who holds it. A dead holder's lock is taken over; of several that try at once
 * exactly one succeeds: whoever may follow a holder owns the file `core.lock.after-NONCE`, which is made atomically,
 * and replaces the lock only while it still names that holder.
 */
export function takeProjectLock(
  slipwayFolder: string,
  offer: Pick<LockHolder, 'address' | 'version' | 'kept'>,
): LockAttempt {
  const file = join(slipwayFolder, lockName)
  const holder: LockHolder = {
    ...ownIdentity(),
    ...offer,
    nonce: crypto.randomUUID(),
    place: placeOf(slipwayFolder),
    host: hostname(),
  }
  const own = join(slipwayFolder, `${lockName}.${holder.nonce}`)
  writeDurably(own, JSON.stringify(holder))
  try {
    for (;;) {
      if (tryLink(own, file)) return { state: 'taken', lock: createLock(file, holder), tookOver: null }
      const found = readLock(file)
      if (found === 'absent') continue
      if (found !== 'damaged' && isElsewhere(found, slipwayFolder)) return { state: 'elsewhere', by: found }
      if (found !== 'damaged' && isSameProcessAlive(found)) return { state: 'held', by: found }
      const dead = found === 'damaged' ? null : found
      const follower = follow(slipwayFolder, dead?.nonce ?? 'damaged', own, () => {
        const again = readLock(file)
        return again === 'damaged' ? dead === null : again !== 'absent' && again.nonce === dead?.nonce
      })
      if (follower === 'us') return { state: 'taken', lock: createLock(file, holder), tookOver: dead }
      if (follower !== 'retry') return { state: 'held', by: follower }
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/** Who holds the project now, if anybody lives who does. */
export function readLiveHolder(slipwayFolder: string): LockHolder | null {
  const found = readLock(join(slipwayFolder, lockName))
  return typeof found === 'object' && isSameProcessAlive(found) ? found : null
}

/** Follows a dead holder, or finds who does so already; a follower that died on the way is followed in turn. */
function follow(folder: string, nonce: string, own: string, isStillDead: () => boolean): 'us' | 'retry' | LockHolder {
  const claim = join(folder, `${lockName}.after-${nonce}`)
  if (!tryLink(own, claim)) {
    const other = readLock(claim)
    if (typeof other === 'object' && isSameProcessAlive(other)) return other
    if (other === 'absent') return 'retry'
    const end = follow(folder, other === 'damaged' ? `${nonce}.damaged` : other.nonce, own, isStillDead)
    if (end === 'us') rmSync(claim, { force: true })
    return end
  }
  if (!isStillDead()) {
    rmSync(claim, { force: true })
    return 'retry'
  }
  const copy = `${own}.new`
  writeDurably(copy, readFileSync(own, 'utf8'))
  renameSync(copy, join(folder, lockName))
  rmSync(claim, { force: true })
  sweepLeftovers(folder)
  return 'us'
}

/** Claims and copies of those who died on the way. Nobody alive can still act on one: the lock names us by now. */
function sweepLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${lockName}.`)) continue
    const found = readLock(join(folder, name))
    if (typeof found === 'object' && !isSameProcessAlive(found)) rmSync(join(folder, name), { force: true })
  }
}

function createLock(file: string, holder: LockHolder): ProjectLock {
  return {
    holder,
    release() {
      const found = readLock(file)
      if (typeof found === 'object' && found.nonce === holder.nonce) rmSync(file, { force: true })
    },
  }
}

function readLock(file: string): LockHolder | 'absent' | 'damaged' {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw error
  }
  try {
    const value = JSON.parse(text)
    const isHolder =
      typeof value.pid === 'number' && typeof value.nonce === 'string' && /^[0-9a-f-]+$/.test(value.nonce)
    if (!isHolder || typeof value.address !== 'string') return 'damaged'
    return value.place === undefined || value.place === placeOf(dirname(file)) ? value : 'damaged'
  } catch {
    return 'damaged'
  }
}

/** Each computer gives a shared file system a device number of its own. */
function placeOf(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true })
  return findSharedFileSystem(folder) === null ? `${dev}:${ino}` : `shared:${ino}`
}

function isElsewhere({ host, bootId }: LockHolder, folder: string): boolean {
  const own = ownIdentity()
  return host !== undefined && host !== hostname() && bootId !== own.bootId && findSharedFileSystem(folder) !== null
}

/** Makes `to` whole or not at all; false when it exists. Some file systems know no links: they get a copy. */
function tryLink(from: string, to: string): boolean {
  for (const make of [linkSync, (a: string, b: string) => copyFileSync(a, b, constants.COPYFILE_EXCL)]) {
    try {
      make(from, to)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') return false
      if (make !== linkSync || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(code))) throw error
    }
  }
  return false
}

/** @throws database/full */
function writeDurably(file: string, text: string): void {
  try {
    const descriptor = openSync(file, 'wx', 0o600)
    try {
      writeSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!isOutOfSpace(error)) throw error
    rmSync(file, { force: true })
    throw fail('database/full', { file: dirname(file) }, { cause: error })
  }
}
