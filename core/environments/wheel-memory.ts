import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fileState, settledMs } from '../store/file-stamps.ts'
import { ownPackage, sourcesOfWheel, type Wheel } from './wheel.ts'

/**
 * The digest of Slipway's own wheel, asked for by every command: packing it takes longer than all else of a look at an
 * environment. What was packed once is believed in the next core, too, while all its sources look to the disk as then.
 * @param file absolute; it may be deleted at any time
 */
export function createWheelMemory(
  file: string,
  packageFolder: string,
  pack: () => Pick<Wheel, 'digest'>,
  now: () => number = Date.now,
): () => string {
  const stampNow = () => stampOf(packageFolder, now())
  let kept: Kept | null = null
  return () => {
    const stamp = stampNow()
    if (kept?.stamp !== stamp) kept = stamp === null ? null : read(file)
    if (kept !== null && kept.stamp === stamp) return kept.digest
    const { digest } = pack()
    if (stamp === null || stampNow() !== stamp) return digest
    kept = { stamp, digest }
    write(file, kept)
    return digest
  }
}

type Kept = { readonly stamp: string; readonly digest: string }

/** Null while one of them is so young that a change to come may look the same. */
function stampOf(packageFolder: string, now: number): string | null {
  // This file stands for the code that packs.
  const files = [...sourcesOfWheel(packageFolder, ownPackage), fileURLToPath(import.meta.url)]
  const states = files.map(fileState)
  if (states.some((state) => state === null || now - state.changedAtMs <= settledMs)) return null
  const lines = files.map((path, index) => `${path}\0${states[index]?.stamp}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

function read(file: string): Kept | null {
  try {
    const { stamp, digest } = JSON.parse(readFileSync(file, 'utf8'))
    return typeof stamp === 'string' && typeof digest === 'string' ? { stamp, digest } : null
  } catch {
    return null
  }
}

/** Where nothing can be written it is packed again the next time. */
function write(file: string, kept: Kept): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch {}
}
