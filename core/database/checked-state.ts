import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

/** A disk can hurt a file without anything to see from outside: so often it is read whole whatever it looks like. */
const checkedAgainMs = 24 * 60 * 60_000

const stateFile = (file: string) => `${file}-checked.json`

/**
 * When the file was last found sound as a whole; null where that says nothing any more: it was not closed by us as it
 * lies there now (a crash, another program, another disk), or that was long ago. Ask before it is opened.
 */
export function soundSince(file: string, now = Date.now()): number | null {
  try {
    const { stamp, checkedAt } = JSON.parse(readFileSync(stateFile(file), 'utf8'))
    const age = now - checkedAt
    return stamp === stampOf(file) && !existsSync(`${file}-wal`) && age >= 0 && age < checkedAgainMs ? checkedAt : null
  } catch {
    return null
  }
}

/** Call it when the file was closed well. What cannot be noted is checked again. */
export function noteSound(file: string, checkedAt: number): void {
  try {
    if (existsSync(`${file}-wal`)) return
    const state = stateFile(file)
    writeFileSync(`${state}.new`, JSON.stringify({ stamp: stampOf(file), checkedAt }), { mode: 0o600 })
    renameSync(`${state}.new`, state)
  } catch {}
}

function stampOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
