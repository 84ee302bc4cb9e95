import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeZip } from './zip.ts'

export type WheelEntry = { readonly path: string; readonly bytes: Uint8Array }

export type Wheel = {
  readonly name: string
  readonly version: string
  readonly fileName: string
  readonly entries: readonly WheelEntry[]
  readonly bytes: Uint8Array
  readonly digest: string
}

/** What Slipway itself brings into an environment. */
export const ownPackage = 'slipway'

/** Packs the pure Python package in a folder as a wheel; equal sources give equal bytes. */
export function packWheel(packageFolder: string, name: string): Wheel {
  const sources = listFiles(packageFolder).map((path) => ({
    path: `${name}/${path}`,
    bytes: new Uint8Array(readFileSync(join(packageFolder, path))),
  }))
  const initial = sources.find(({ path }) => path === `${name}/__init__.py`)
  const version = /^__version__ = "([^"]+)"$/m.exec(new TextDecoder().decode(initial?.bytes))?.[1]
  if (!version) throw new Error(`the Python package ${name} states no __version__`)
  const info = `${name}-${version}.dist-info`
  const described = [
    ...sources,
    ...startFiles(dirname(packageFolder), name),
    toEntry(`${info}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nRequires-Python: >=3.10\n`),
    toEntry(`${info}/WHEEL`, 'Wheel-Version: 1.0\nGenerator: slipway\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
  ]
  const record = described.map(({ path, bytes }) => `${path},sha256=${recordHash(bytes)},${bytes.length}\n`).join('')
  const entries = [...described, toEntry(`${info}/RECORD`, `${record}${info}/RECORD,,\n`)]
  const bytes = writeZip(entries)
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  return { name, version, fileName: `${name}-${version}-py3-none-any.whl`, entries, bytes, digest }
}

/** Every file that goes into the wheel of a package, absolute. */
export function sourcesOfWheel(packageFolder: string, name: string): readonly string[] {
  const beside = dirname(packageFolder)
  return [
    ...listFiles(packageFolder).map((path) => join(packageFolder, path)),
    ...startFileNames(beside, name).map((path) => join(beside, path)),
  ]
}

/** Source files in a fixed order, without what Python leaves beside them. */
function listFiles(folder: string, prefix = ''): readonly string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
      if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : listFiles(folder, path)
      return entry.name.endsWith('.py') || entry.name === 'py.typed' ? [path] : []
    })
}

/** Lines that Python runs when it starts, beside the package: `NAME_….pth`. */
function startFiles(folder: string, name: string): readonly WheelEntry[] {
  return startFileNames(folder, name).map((path) => ({ path, bytes: new Uint8Array(readFileSync(join(folder, path))) }))
}

function startFileNames(folder: string, name: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}_`) && file.endsWith('.pth'))
    .sort()
}

function toEntry(path: string, text: string): WheelEntry {
  return { path, bytes: new TextEncoder().encode(text) }
}

function recordHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}
