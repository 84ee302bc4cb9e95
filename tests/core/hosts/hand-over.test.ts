import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProcess } from '../../../core/tracking/process-identity.ts'

const launcher = new URL('../../../core/hosts/launcher/run-program.mjs', import.meta.url).href
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hand-over-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the shell sees of a launcher that gives itself over to a program with this text. */
async function handOver(program: string): Promise<number | null> {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  const text = `import { handOver } from ${JSON.stringify(launcher)}; handOver(process.execPath, [${JSON.stringify(file)}])`
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  return code
}

describe('the launcher leaves', () => {
  it('with the code with which the program ends', async () => {
    expect(await handOver('process.exitCode = 4')).toBe(4)
  })

  it('with the code that the program says while its process goes on for others', async () => {
    const pidFile = JSON.stringify(join(folder, 'pid'))
    const program = `import { writeFileSync } from 'node:fs'
writeFileSync(${pidFile}, String(process.pid))
process.send({ through: 5 }, () => process.disconnect())
setInterval(() => undefined, 1_000)`
    expect(await handOver(program)).toBe(5)
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    expect(findProcess(pid)).not.toBe(null)
    process.kill(pid)
  })
})
