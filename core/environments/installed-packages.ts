import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Package } from '../domain/environment.ts'

/** Packages that belong to the environment itself, not to what the project asks for. */
export const ownPackages: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel', 'slipway'])

/** The packages in an environment, read from their records without running Python; sorted by name. */
export function listInstalled(environmentFolder: string): readonly Package[] {
  return listRecords(environmentFolder)
    .filter(isWhole)
    .flatMap((folder) => readPackage(join(folder, 'METADATA')))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What `listInstalled` looks at. */
export function filesOfInstalled(environmentFolder: string): readonly string[] {
  const records = listRecords(environmentFolder).flatMap((folder) => [folder, join(folder, 'METADATA')])
  return [join(environmentFolder, 'lib'), ...sitePackagesOf(environmentFolder), ...records]
}

/** Forgets packages whose installation was cut off, so that an installer does not take them for done. */
export function forgetHalfInstalled(environmentFolder: string): void {
  for (const folder of listRecords(environmentFolder))
    if (!isWhole(folder)) rmSync(folder, { recursive: true, force: true })
}

/** Installers write RECORD last. */
function isWhole(recordFolder: string): boolean {
  return existsSync(join(recordFolder, 'RECORD'))
}

function listRecords(environmentFolder: string): readonly string[] {
  return sitePackagesOf(environmentFolder).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith('.dist-info'))
      .map((name) => join(folder, name)),
  )
}

/** Where an environment keeps its packages. */
export function sitePackagesOf(environmentFolder: string): readonly string[] {
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
