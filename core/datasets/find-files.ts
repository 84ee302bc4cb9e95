import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { globPattern, isGlob, isPassedOver } from '../domain/dataset-path.ts'
import { fail } from '../domain/failure.ts'
import { type Compare, compareAlone, createLookAgain } from './look-again.ts'

/** A file of a dataset as it lies on disk now. */
export type FoundFile = {
  /** As it is recorded: relative to the project, or `package:NAME/PATH`. */
  readonly path: string
  /** Absolute, with every link resolved. */
  readonly file: string
  readonly sizeBytes: number
  readonly dev: number
  readonly ino: number
  /** How many names its bytes have, here and elsewhere. */
  readonly nlink: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

export type Places = {
  /** Absolute real path. */
  readonly projectFolder: string
  /** Where the environment's packages lie; for `package:` paths. */
  readonly packageFolders: readonly string[]
  /** Links may lead out of the project (data on a larger disk); never before it is trusted. */
  readonly mayLeave: boolean
}

/** What a look found: the files, and how the system listed their folders, by path. */
export type Look = { readonly files: readonly FoundFile[]; readonly folders: ReadonlyMap<string, ListedFolder> }

type ListedFolder = {
  readonly real: string
  /** The folder as it was before it was listed, and when that was. */
  readonly status: Stats
  readonly listedAtMs: number
  readonly names: readonly string[]
  /** What stands under each name; null for a folder, a link, and what is passed over. */
  readonly files: readonly (FoundFile | null)[]
}

const packagePrefix = 'package:'
/** A folder that was changed so close to its listing may have been changed after it, within a tick of the disk's clock. */
const tickMs = 2_000
const nothing: Look = { files: [], folders: new Map() }

/**
 * The files that a dataset's path means, sorted. Hidden ones and caches are passed over in folders and globs.
 * Looks, opens nothing. `before` is an earlier look at the same path: every name is looked at again, and what is as it
 * was is the same object; where all is, so is the list of them. @throws data/fileRefused for anything that is no regular file,
 * or that a link hides
 */
export function findDatasetFiles(
  pattern: string,
  places: Places,
  before: Look = nothing,
  compare: Compare = compareAlone,
): Look {
  const find = (base: string, path: string, prefix: string, among: Places) =>
    findBelow({ base, pattern: path, prefix, places: among, before, compare })
  if (!pattern.startsWith(packagePrefix)) return find(places.projectFolder, pattern, '', places)
  const inner = pattern.slice(packagePrefix.length)
  for (const folder of places.packageFolders) {
    const look = find(folder, inner, packagePrefix, { ...places, mayLeave: true })
    if (look.files.length > 0) return look
  }
  return nothing
}

function findBelow({
  base,
  pattern,
  prefix,
  places,
  before,
  compare,
}: {
  readonly base: string
  readonly pattern: string
  readonly prefix: string
  readonly places: Places
  readonly before: Look
  readonly compare: Compare
}): Look {
  const segments = pattern
    .replace(/\/+$/, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  const literal = segments.findIndex(isGlob)
  const start = literal === -1 ? segments : segments.slice(0, literal)
  const wanted = literal === -1 ? null : globPattern(segments.join('/'))
  const found: FoundFile[] = []
  const folders = new Map<string, ListedFolder>()
  let asBefore = 0
  const again = createLookAgain(before, compare)

  /** Gives the file that stands there by itself, not by way of a link. */
  const visit = (file: string, path: string, above: readonly string[], named: boolean): FoundFile | null => {
    // Such a name reads as another one, under which nothing is found.
    if (path.includes('\ufffd')) throw refuse(path, 'its name is not written in UTF-8')
    const entry = look(file, path)
    if (entry === null) {
      if (named) return null
      throw refuse(path, 'it is a link that leads nowhere, or it was removed meanwhile')
    }
    const real = entry.isLink ? realpathSync(file) : file
    if (entry.isLink && !places.mayLeave && !isInside(real, base))
      throw refuse(path, 'a symbolic link in it leaves the project, which is not trusted yet')
    if (entry.status.isDirectory()) {
      if (above.includes(real)) throw refuse(path, 'a link in it leads back to a folder above')
      visitAll(real, entry.status, path, [...above, real])
      return null
    }
    if (wanted !== null && !wanted.test(path)) return null
    if (!entry.status.isFile()) throw refuse(path, `it is ${nameKind(entry.status)}`)
    const { size, dev, ino, nlink, mtimeMs, ctimeMs } = entry.status
    const one = { path: prefix + path, file: real, sizeBytes: size, dev, ino, nlink, mtimeMs, ctimeMs }
    found.push(one)
    return entry.isLink ? null : one
  }

  const visitAll = (real: string, status: Stats, path: string, above: readonly string[]): void => {
    const earlier = before.folders.get(path)
    const listed = earlier?.real === real ? earlier : null
    // Names come and go with the times of their folder: one that nobody touched need not be listed again.
    const isListed = listed !== null && isUntouched(listed, status)
    const listedAtMs = isListed ? listed.listedAtMs : Date.now()
    const names = isListed ? listed.names : list(real, path)
    const isSameNames = listed !== null && (isListed || isSameList(listed.names, names))
    const known = isSameNames ? listed.files : []
    const isStill = isSameNames ? again.carry(path) : null
    const files = names.map((name, index) => {
      const one = known[index] ?? null
      if (one !== null && isStill?.(index)) {
        asBefore++
        found.push(one)
        return one
      }
      if (isPassedOver(name)) return null
      // `join` would tidy what is tidy: with many files that is a good part of the time.
      const now = visit(real + sep + name, path === '' ? name : `${path}/${name}`, above, false)
      if (isStill !== null) again.note(path, index, one, now)
      return now
    })
    folders.set(path, { real, status, listedAtMs, names, files })
  }

  // Links above the named place are followed as well, by the same rule.
  const root = join(base, ...start)
  const realRoot = realPathOf(root)
  if (realRoot === null) {
    if (lstatSync(root, { throwIfNoEntry: false })?.isSymbolicLink())
      throw refuse(start.join('/'), 'it is a link that leads nowhere')
    return nothing
  }
  if (!places.mayLeave && !isInside(realRoot, base))
    throw refuse(start.join('/'), 'a symbolic link in it leaves the project, which is not trusted yet')
  visit(realRoot, start.join('/'), [], true)
  const files = again.replaced(found.length, asBefore) ?? found.sort((a, b) => (a.path < b.path ? -1 : 1))
  const sight = { files, folders }
  again.carryTo(sight)
  return sight
}

/** Whether the folder is the one that was listed, and has been as it is since well before that. */
function isUntouched({ status, listedAtMs }: ListedFolder, now: Stats): boolean {
  return (
    now.ctimeMs === status.ctimeMs &&
    now.mtimeMs === status.mtimeMs &&
    now.ino === status.ino &&
    now.dev === status.dev &&
    Math.max(now.ctimeMs, now.mtimeMs) + tickMs < listedAtMs
  )
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index])
}

function look(file: string, path: string): { readonly status: Stats; readonly isLink: boolean } | null {
  try {
    const own = lstatSync(file, { throwIfNoEntry: false })
    if (own === undefined) return null
    if (!own.isSymbolicLink()) return { status: own, isLink: false }
    const status = statSync(file, { throwIfNoEntry: false })
    return status === undefined ? null : { status, isLink: true }
  } catch (error) {
    throw explain(error, path)
  }
}

function list(folder: string, path: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw explain(error, path)
  }
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw explain(error, path)
  }
}

function explain(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ELOOP') return refuse(path, 'its links lead in a circle')
  if (code === 'ENAMETOOLONG') return refuse(path, 'its name is longer than the system takes')
  if (code === 'EACCES') return refuse(path, 'the system does not let it be read')
  return error
}

function nameKind(status: Stats): string {
  if (status.isFIFO()) return 'a named pipe'
  if (status.isSocket()) return 'a socket'
  return 'a device'
}

function refuse(path: string, reason: string) {
  return fail('data/fileRefused', { path, reason })
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
