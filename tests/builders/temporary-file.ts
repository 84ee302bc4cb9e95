import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder that goes when the test process does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'))
  made.push(folder)
  return folder
}

/** A file with these bytes in a folder of its own. */
export function temporaryFile(bytes: Uint8Array | string, name = 'file'): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, bytes)
  return file
}
