import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'

/**
 * The last thing that a sync writes into the environment's folder and the first that it takes away: an environment
 * without its record is never called ready.
 */
export type EnvironmentRecord = {
  readonly python: string
  readonly implementation: string
  readonly platform: string
  /** Of the interpreter's own bytes; absent in records of older versions. */
  readonly interpreter?: Digest | undefined
  /** What its files looked like then, so that they need not be read each time. */
  readonly interpreterStamp?: string | undefined
  readonly lockDigest: Digest
  /** Of the wheel of Slipway's own package that is installed. */
  readonly slipwayDigest: string
  readonly warnings: readonly string[]
}

export const recordFile = (environmentFolder: string): string => join(environmentFolder, 'slipway-environment.json')

export function readRecord(environmentFolder: string): EnvironmentRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordFile(environmentFolder), 'utf8')) as EnvironmentRecord
    return typeof record.lockDigest === 'string' && typeof record.python === 'string' ? record : null
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

export function writeRecord(environmentFolder: string, record: EnvironmentRecord): void {
  const file = recordFile(environmentFolder)
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removeRecord(environmentFolder: string): void {
  rmSync(recordFile(environmentFolder), { force: true })
}

export function toEnvironment(record: EnvironmentRecord, packages: Environment['packages']): Environment {
  const { python, implementation, platform, interpreter, lockDigest } = record
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { python, implementation, platform, ...(interpreter ? { interpreter } : {}), lockDigest, packages: sorted }
}
