import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** A fresh folder; whoever asks for it in a test file says `afterAll(removeTestFolders)`. */
export function testFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `slipway-${purpose}-`))
  made.push(folder)
  return folder
}

export function removeTestFolders(): void {
  for (const folder of made.splice(0)) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // A test took rights away; give them back and try once more.
      for (const name of readdirSync(folder, { recursive: true }) as string[]) chmodSync(join(folder, name), 0o700)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
