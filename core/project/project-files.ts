import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fail, isFailure } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import type { OpenedFile, ProjectFile } from '../domain/project.ts'
import { locateProjectFile } from './project-paths.ts'

/** Files above this are listed, not opened as text. */
const largestTextBytes = 8 * 1024 * 1024
const mostFiles = 5_000

const hiddenFolders = new Set(['__pycache__', 'node_modules', 'venv', '.venv'])
const textExtensions =
  /\.(py|toml|txt|md|csv|tsv|json|jsonl|ya?ml|ini|cfg|sql|ipynb|lock|sh|html|css|js|ts|rst|gitignore|r|jl)$/i

/** The files of a project, without hidden ones, caches and environments; sorted, at most 5000. */
export function listProjectFiles(realFolder: string): readonly ProjectFile[] {
  const files: ProjectFile[] = []
  const visit = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= mostFiles) return
      if (entry.name.startsWith('.') || hiddenFolders.has(entry.name)) continue
      const path = `${prefix}${entry.name}`
      if (entry.isDirectory()) visit(join(folder, entry.name), `${path}/`)
      else if (entry.isFile()) {
        const stat = statSync(join(folder, entry.name), { throwIfNoEntry: false })
        const isText = textExtensions.test(entry.name) && (stat?.size ?? 0) <= largestTextBytes
        if (stat) files.push({ path, sizeBytes: stat.size, isText })
      }
    }
  }
  visit(realFolder, '')
  return files
}

/** @throws project/pathRefused, project/fileMissing, project/notText */
export function readProjectFile(realFolder: string, path: string): OpenedFile {
  const bytes = readBytes(realFolder, path)
  if (bytes === null) throw fail('project/fileMissing', { path })
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (text.includes('\0')) throw fail('project/notText', { path, reason: 'it holds bytes that are no text' })
  if (Buffer.from(text).compare(bytes) !== 0)
    throw fail('project/notText', { path, reason: 'it is not written in UTF-8' })
  return { path, text, digest: digestOf(bytes) }
}

/** The text of a file, or null when it is not there or is no text: for reading modules, where both are problems to show. */
export function findProjectText(realFolder: string, path: string): string | null {
  try {
    return readProjectFile(realFolder, path).text
  } catch (error) {
    if (isFailure(error)) return null
    throw error
  }
}

/**
 * Saves a file whole or not at all. `digest` is what the file had when it was opened, null for a new file.
 * @throws project/fileChanged, project/pathRefused, project/readOnly, project/diskFull
 */
export function writeProjectFile(realFolder: string, path: string, text: string, digest: string | null): OpenedFile {
  const target = locateProjectFile(realFolder, path)
  const present = readBytes(realFolder, path)
  if ((present === null ? null : digestOf(present)) !== digest) throw fail('project/fileChanged', { path })
  const bytes = Buffer.from(text)
  try {
    mkdirSync(dirname(target), { recursive: true })
    // Asked again, now that the folders are there: one of them may have been made a link meanwhile.
    replaceFile(locateProjectFile(realFolder, path), bytes, modeOf(target))
  } catch (error) {
    throw explainWrite(error, path)
  }
  return { path, text, digest: digestOf(bytes) }
}

function replaceFile(target: string, bytes: Uint8Array, mode: number): void {
  const temporary = join(dirname(target), `.slipway-save-${randomBytes(6).toString('hex')}`)
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    try {
      writeSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(target))
}

/** A rename survives a power cut once its folder is on disk; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function readBytes(realFolder: string, path: string): Uint8Array | null {
  const target = locateProjectFile(realFolder, path)
  let file: number
  try {
    file = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw fail('project/notText', { path, reason: `it cannot be opened (${code ?? 'unknown'})` })
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw fail('project/pathRefused', { path, reason: 'it is not a regular file' })
    if (stat.size > largestTextBytes) throw fail('project/notText', { path, reason: 'it is larger than 8 MB' })
    const bytes = Buffer.alloc(stat.size)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null)
      if (read === 0) break
      length += read
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

function modeOf(target: string): number {
  return (statSync(target, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o777
}

function explainWrite(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (isOutOfSpace(error)) return fail('project/diskFull', { path })
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return fail('project/readOnly', { reason: `the system does not let ${path} be written (${code})` })
  return error
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
