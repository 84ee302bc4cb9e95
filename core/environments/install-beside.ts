import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { readLockText } from './check-environment.ts'
import { listInstalled } from './installed-packages.ts'
import { type Installer, type InstallerContext, pythonIn } from './installer.ts'
import { lockFileName, parseLock } from './lock-file.ts'
import { toPackageName } from './requirement.ts'

/** No sweep is expected to go on for as long as this. */
const unusedMs = 30 * 86_400_000

export type BesideUse = {
  readonly projectFolder: string
  readonly environmentFolder: string
  readonly installer: Installer
  readonly context: InstallerContext
}

/**
 * Resolves a requirement beside exactly what the lock holds and puts what is missing into a folder named after both.
 * When one is added, those that nothing asked for in a month go.
 * Null when the environment has it. A folder is renamed into place when it is whole.
 */
export async function installBeside(
  { requirement }: { readonly requirement: string },
  { projectFolder, environmentFolder, installer, context }: BesideUse,
): Promise<string | null> {
  const present = new Set(listInstalled(environmentFolder).map(({ name }) => name))
  if (present.has(toPackageName(requirement))) return null
  const text = readLockText(projectFolder)
  const lock = text === null ? null : parseLock(text)
  if (text === null || lock === null) throw fail('environments/notReady', { reason: `${lockFileName} is missing` })
  const key = createHash('sha256').update(`${requirement}\n${text}`).digest('hex').slice(0, 16)
  const folder = join(dirname(environmentFolder), 'beside', key)
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
    return folder
  }
  const python = pythonIn(environmentFolder)
  const constraints = lock.packages.map(({ name, version }) => `${name}==${version}`)
  const resolved = await installer.resolve(python, { requirements: [requirement], constraints, options: [] }, context)
  const missing = resolved.filter(({ name }) => !present.has(name))
  const unfinished = join(context.scratchFolder, 'beside')
  await installer.installInto(unfinished, python, missing, context)
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 })
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  utimesSync(folder, new Date(), new Date())
  removeUnused(dirname(folder))
  return folder
}

/** Those of locks that have passed; one that was used of late may still serve a sweep. */
function removeUnused(besides: string): void {
  for (const name of readdirSync(besides)) {
    const place = join(besides, name)
    if (Date.now() - statSync(place).mtimeMs > unusedMs) rmSync(place, { recursive: true, force: true })
  }
}
