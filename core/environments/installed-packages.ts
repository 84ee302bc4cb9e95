import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Package } from '../domain/environment.ts'

/** The packages in an environment, read from their records without running Python; sorted by name. */
export function listInstalled(environmentFolder: string): readonly Package[] {
  return sitePackagesOf(environmentFolder)
    .flatMap((folder) =>
      namesIn(folder)
        .filter((name) => name.endsWith('.dist-info'))
        .flatMap((name) => readPackage(join(folder, name, 'METADATA'))),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function sitePackagesOf(environmentFolder: string): readonly string[] {
  if (process.platform === 'win32') return [join(environmentFolder, 'Lib', 'site-packages')]
  return namesIn(join(environmentFolder, 'lib'))
    .filter((name) => name.startsWith('python'))
    .map((name) => join(environmentFolder, 'lib', name, 'site-packages'))
}

function readPackage(file: string): readonly Package[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    // An install that was cut off may leave a record without its metadata: then the package is not there.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const head = text.slice(0, text.search(/\r?\n\r?\n/) >>> 0)
  const name = /^Name: (.+)$/m.exec(head)?.[1]?.trim()
  const version = /^Version: (.+)$/m.exec(head)?.[1]?.trim()
  return name && version ? [{ name: name.toLowerCase().replace(/[-_.]+/g, '-'), version }] : []
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
