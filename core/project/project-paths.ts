import { lstatSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fail } from '../domain/failure.ts'

/** Names that Windows keeps for devices, whatever follows the dot. */
const deviceNames = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const longestNameBytes = 255

/**
 * The segments of a project-relative POSIX path. Everything that a file system might read as another place, or that
 * another system could not hold, is refused before the disk is asked.
 * @throws project/pathRefused
 */
export function parseProjectPath(path: string): readonly string[] {
  const refuse = (reason: string) => fail('project/pathRefused', { path, reason })
  if (path === '') throw refuse('it is empty')
  if (path.includes('\\')) throw refuse('it holds a backslash')
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.startsWith('~')) throw refuse('it is not relative')
  if (/%(2e|2f|5c|25)/i.test(path)) throw refuse('it is percent-encoded')
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') throw refuse('it leaves the project')
    if (segment === '' || segment === '.') throw refuse('it has an empty part')
    if (/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u.test(segment)) throw refuse('it holds a control character')
    if (/[. ]$/.test(segment)) throw refuse('a part ends in a dot or a space')
    if (deviceNames.test(segment)) throw refuse(`"${segment}" is a device on Windows`)
    if (Buffer.byteLength(segment) > longestNameBytes) throw refuse('a part is longer than 255 bytes')
  }
  return segments
}

/**
 * The absolute path of a project file, with every existing part checked: no symbolic link may lead out of the
 * project, and only regular files are opened.
 * @param realFolder the project folder's real path
 * @throws project/pathRefused
 */
export function locateProjectFile(realFolder: string, path: string): string {
  const segments = parseProjectPath(path)
  let at = realFolder
  for (const [index, segment] of segments.entries()) {
    at = join(at, segment)
    const entry = lstatSync(at, { throwIfNoEntry: false })
    if (!entry) break
    if (entry.isSymbolicLink() && !isInside(realPathOf(at), realFolder))
      throw fail('project/pathRefused', { path, reason: 'a symbolic link in it leaves the project' })
    const isLast = index === segments.length - 1
    const target = entry.isSymbolicLink() ? statSync(at, { throwIfNoEntry: false }) : entry
    if (isLast && target && !target.isFile())
      throw fail('project/pathRefused', {
        path,
        reason: target.isDirectory() ? 'it is a folder' : 'it is not a regular file',
      })
    if (!isLast && target && !target.isDirectory())
      throw fail('project/pathRefused', { path, reason: `${segments.slice(0, index + 1).join('/')} is not a folder` })
  }
  return join(realFolder, ...segments)
}

/** Compares whole parts of real paths: `/a/project-evil` is not inside `/a/project`. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** Where a link leads; a dangling one leads nowhere that is inside. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
