import { execFile } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { openExecution } from './open-execution.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

const run = promisify(execFile)
const nobody = 65_534

/** Rights count for nothing with the superuser, so a core that may not write is run by somebody else. */
function takeRights(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name)
    if (process.getuid?.() === 0) chownSync(path, nobody, nobody)
    chmodSync(path, lstatSync(path).isDirectory() ? 0o555 : 0o444)
  }
  if (process.getuid?.() === 0) chownSync(folder, nobody, nobody)
  chmodSync(folder, 0o555)
}

describe('a project folder that may only be read', () => {
  it('f07-is-planned-and-reviewed-but-not-run-and-says-what-to-do', async () => {
    const code = 'from slipway import step\n\n@step\ndef fine():\n    return 1\n'
    const opened = await openExecution({ 'pipeline.py': code })
    await opened.run()
    opened.database.close()
    takeRights(opened.folder)
    chmodSync(dirname(opened.folder), 0o755)
    const home = testFolder('home')
    chmodSync(home, 0o777)
    const { stdout } = await run(
      process.execPath,
      [resolve(import.meta.dirname, 'core-process.ts'), opened.folder, home],
      process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {},
    )
    expect(stdout).toContain('planned cached\n')
    expect(stdout).toContain('refused project/readOnly: ')
    expect(stdout).toContain('may not be written')
  })
})
