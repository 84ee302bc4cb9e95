import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../builders/temporary-file.ts'

const root = join(import.meta.dirname, '..', '..')
const builders = join(root, 'tests', 'builders')
const isRoot = process.getuid?.() === 0

/** Of a test file whose test fails as soon as it has made these things; told is where they are. */
const failing = (told: string) => `
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { mountMemory, mountReadOnly } from '${builders}/mounted.ts'
import { startServer } from '${builders}/running-server.ts'
import { createSmallDisk } from '${builders}/small-disk.ts'
import { temporaryFolder } from '${builders}/temporary-file.ts'

it('fails', async () => {
  const folder = temporaryFolder()
  const [memory, view] = [join(folder, 'memory'), join(folder, 'view')]
  const places = []
  if (${isRoot}) {
    mkdirSync(memory)
    mkdirSync(view)
    mountMemory(memory, 'size=1m')
    openSync(join(memory, 'open'), 'w')
    mountReadOnly(memory, view)
    places.push(memory, view, createSmallDisk('size=1m').folder)
  }
  const server = await startServer('regressor')
  writeFileSync(${JSON.stringify(told)}, JSON.stringify({ folder, places, pid: server.child.pid }))
  throw new Error('as it was meant')
})
`

describe('a test that fails', () => {
  it('leaves no server running, nothing mounted and no folder, and its process ends', () => {
    const work = temporaryFolder()
    const told = join(work, 'told.json')
    writeFileSync(join(work, 'failing.test.ts'), failing(told))
    const ended = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, '--dir', work, '--pool=forks'],
      { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, timeout: 120_000 },
    )
    expect([ended.signal, ended.status, ended.stdout + ended.stderr]).toEqual([
      null,
      1,
      expect.stringContaining('as it was meant'),
    ])
    expect(ended.stdout).not.toContain('close timed out')
    const { folder, places, pid } = JSON.parse(readFileSync(told, 'utf8'))
    expect(places).toHaveLength(isRoot ? 3 : 0)
    const mounts = execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' })
    for (const place of places) expect(mounts).not.toContain(place)
    expect([folder, ...places, `/proc/${pid}`].filter((path) => existsSync(path))).toEqual([])
  }, 180_000)
})
