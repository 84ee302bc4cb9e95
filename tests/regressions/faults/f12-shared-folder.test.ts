import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { openWindow } from '../../builders/window-line.ts'

const canMount = process.getuid?.() === 0 && !spawnSync('fuse2fs', ['--version']).error && existsSync('/dev/fuse')

let slipway: CommandLine
let base: string
let disk: string
beforeAll(() => {
  slipway = createCommandLine()
  base = mkdtempSync(join(tmpdir(), 'slipway-shared-'))
  disk = join(base, 'disk')
  mkdirSync(disk)
  const image = join(base, 'image')
  execFileSync('truncate', ['-s', '64M', image])
  execFileSync('mkfs.ext4', ['-q', '-F', image])
  if (canMount) execFileSync('fuse2fs', [image, disk, '-o', 'rw'])
})
afterAll(() => {
  if (canMount) execFileSync('umount', ['--lazy', disk])
  slipway.remove()
  rmSync(base, { recursive: true, force: true })
})

describe.skipIf(!canMount)('f12 a project on a file system that others may share', { timeout: 240_000 }, () => {
  it('f12 is run there, and says so: in the shell, in the window, by doctor', async () => {
    const folder = writeBlankProject(
      join(disk, 'project'),
      'from slipway import step\n\n@step\ndef one():\n    return {"value": 1}\n',
    )
    const ran = await slipway.run(['run', '--trust', '--json'], { folder })
    expect(ran.json()).toMatchObject({ run: { state: 'completed', metrics: { 'one.value': 1 } } })
    expect(ran.stderr).toContain('Its folder lies on a shared file system (FUSE).')
    const doctor = await slipway.run(['doctor', '--json'], { folder })
    expect(doctor.json()).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'database', state: 'ok' }),
        expect.objectContaining({ name: 'folder', state: 'warning', remedy: expect.stringContaining('Move') }),
      ]),
    })
    const window = await openWindow(slipway, folder)
    expect(await window.api.project.get({})).toMatchObject({
      readOnly: null,
      caution: expect.stringContaining('shared file system (FUSE)'),
    })
    const lock = JSON.parse(readFileSync(join(folder, '.slipway/core.lock'), 'utf8'))
    expect(lock.host).toBe(hostname())
    await window.close()

    // What another computer that has it open leaves there: of its processes nothing can be known here.
    const elsewhere = { ...lock, host: 'another-computer', bootId: 'another-boot' }
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify(elsewhere))
    const refused = await slipway.run(['runs', '--json'], { folder })
    expect(refused.code).toBe(3)
    expect(refused.json()).toMatchObject({
      error: { code: 'host/projectElsewhere', remedy: expect.stringContaining('delete .slipway/core.lock') },
    })
    expect(JSON.parse(readFileSync(join(folder, '.slipway/core.lock'), 'utf8'))).toEqual(elsewhere)

    // Its own lock from before a restart of this computer is no obstacle.
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify({ ...lock, bootId: 'an earlier boot' }))
    const after = await slipway.run(['runs', '--json'], { folder })
    expect(after.json()).toMatchObject({ total: 1 })
  })
})

it('f12 a project on a disk of this computer has nothing to say of its place', async () => {
  const folder = writeBlankProject(join(base, 'here'), 'from slipway import step\n\n@step\ndef one():\n    return 1\n')
  const doctor = await slipway.run(['doctor', '--json'], { folder })
  expect(doctor.json<{ checks: { name: string }[] }>().checks.map(({ name }) => name)).not.toContain('folder')
})
