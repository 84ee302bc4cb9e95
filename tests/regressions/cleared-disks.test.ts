import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { canHang } from '../builders/hung-disk.ts'
import { createSmallDisk } from '../builders/small-disk.ts'

const builders = join(import.meta.dirname, '..', 'builders')
const code = `
import { createHungDisk } from '${builders}/hung-disk.ts'
import { createSmallExt4Disk } from '${builders}/small-disk.ts'
const [small, hung] = [createSmallExt4Disk(8), await createHungDisk()]
hung.hang()
process.stdout.write(JSON.stringify([small.folder, hung.folder]))
setInterval(() => undefined, 1_000)
`
const mounts = () => readFileSync('/proc/mounts', 'utf8')

it.skipIf(!canHang)(
  'what a killed test left mounted is cleared when the next disk is made, and that of a live one is not',
  async () => {
    const live = createSmallDisk('size=1m')
    const test = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    const said = await new Promise<string>((resolve) => test.stdout.once('data', (text) => resolve(String(text))))
    const folders = JSON.parse(said) as readonly string[]
    for (const folder of folders) expect(mounts()).toContain(` ${folder} `)
    const gone = new Promise((done) => test.once('close', done))
    test.kill('SIGKILL')
    await gone
    createSmallDisk('size=1m').remove()
    for (const folder of folders) {
      expect(mounts()).not.toContain(dirname(folder))
      expect(existsSync(dirname(folder))).toBe(false)
    }
    expect(mounts()).toContain(` ${live.folder} `)
    live.remove()
  },
  120_000,
)
