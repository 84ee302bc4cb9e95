import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const pageLifeMs = 30_000

/**
 * Shows an address in the user's browser. It goes there in a file that only this user may read: an argument could be
 * seen by anybody who lists processes, and the address holds a code. False when no browser could be started.
 */
export function openBrowser(url: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
  const page = join(folder, 'open.html')
  writeFileSync(page, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}">`, { mode: 0o600 })
  setTimeout(() => rmSync(folder, { recursive: true, force: true }), pageLifeMs).unref()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [program, args] = opener(page)
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true })
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0))
    child.unref()
  })
}

function opener(page: string): [string, string[]] {
  if (process.platform === 'darwin') return ['open', [page]]
  if (process.platform === 'win32') return ['explorer.exe', [page]]
  return ['xdg-open', [page]]
}
