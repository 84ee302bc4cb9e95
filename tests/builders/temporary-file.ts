import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from './at-end.ts'

/** An empty folder that goes when the tests of its file are through. */
export function temporaryFolder(prefix = 'slipway-test-', base = tmpdir()): string {
  const folder = mkdtempSync(join(base, prefix))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file with these bytes in a folder of its own. */
export function temporaryFile(bytes: Uint8Array | string, name = 'file'): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, bytes)
  return file
}
