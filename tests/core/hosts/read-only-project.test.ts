import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultMigrationsFolder } from '../../../core/database/migrations.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { mountReadOnly } from '../../builders/mounted.ts'

const pipeline = 'from slipway import step\n\n@step\ndef one():\n    return {"value": 1}\n'
const isRoot = process.getuid?.() === 0
let slipway: CommandLine
let work: string
let undo: () => void

beforeEach(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'read-only-'))
  undo = () => undefined
})
afterEach(() => {
  undo()
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

/** The same folder where nothing can be written: root is stopped by a mount alone, everybody else by the mode. */
function withoutWriting(folder: string): string {
  if (!isRoot) {
    execFileSync('chmod', ['-R', 'a-w', folder])
    undo = () => execFileSync('chmod', ['-R', 'u+w', folder])
    return folder
  }
  const view = join(work, 'view')
  mkdirSync(view)
  undo = mountReadOnly(folder, view).unmount
  return view
}

describe('f07-read-only: a project where nothing can be written', { timeout: 240_000 }, () => {
  it('is reviewed when it was run before', async () => {
    const folder = writeBlankProject(join(work, 'run'), pipeline)
    expect((await slipway.run(['run', '--trust', '-q'], { folder })).code).toBe(0)
    const view = withoutWriting(folder)
    const shown = await slipway.run(['show', 'latest', '--json'], { folder: view })
    expect(shown.json()).toMatchObject({ run: { state: 'completed', metrics: { 'one.value': 1 } } })
    expect((await slipway.run(['artifact', 'get', 'latest:one'], { folder: view })).stdout).toBe('{"value":1}')
    const refused = await slipway.run(['run', '--trust', '--json'], { folder: view })
    expect(refused.code).toBe(4)
    expect(refused.json()).toMatchObject({ error: { code: 'project/readOnly' } })
  })

  it('is reviewed as it was left by an older Slipway, says why it takes nothing, and loses nothing', async () => {
    const folder = writeBlankProject(join(work, 'older'), pipeline)
    const file = join(folder, '.slipway/slipway.db')
    const older = join(work, 'first-migration')
    mkdirSync(older)
    copyFileSync(join(defaultMigrationsFolder(), '0001-first.sql'), join(older, '0001-first.sql'))
    const database = openProjectDatabase(join(folder, '.slipway'), { migrationsFolder: older })
    database
      .prepare("INSERT INTO run (id, state, started_at, ended_at) VALUES ('0ldc0de1', 'completed', ?, ?)")
      .run(['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:06.000Z'])
    database.close()
    const before = readFileSync(file)
    const files = readdirSync(join(folder, '.slipway'))

    const view = withoutWriting(folder)
    expect((await slipway.run(['runs', '--json'], { folder: view })).json()).toMatchObject({
      runs: [{ id: '0ldc0de1', state: 'completed', startedAt: '2026-01-02T03:04:05.000Z' }],
      total: 1,
    })
    const refused = await slipway.run(['run', '--trust'], { folder: view })
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('its folder may not be written')])
    expect([readdirSync(join(folder, '.slipway')), readFileSync(file).equals(before)]).toEqual([files, true])

    undo()
    undo = () => undefined
    expect((await slipway.run(['runs', '--json'], { folder })).json()).toMatchObject({ runs: [{ id: '0ldc0de1' }] })
    expect(readdirSync(join(folder, '.slipway/backups')).join(' ')).toContain('slipway-v1-')
  })

  it('opens when it was never run', async () => {
    const view = withoutWriting(writeBlankProject(join(work, 'new'), pipeline))
    expect((await slipway.run(['runs', '--json'], { folder: view })).json()).toEqual({ runs: [], total: 0 })
    expect((await slipway.run(['plan', '--json'], { folder: view })).json()).toMatchObject({
      steps: [{ state: 'new' }],
    })
    expect((await slipway.run(['doctor', '--json'], { folder: view })).code).toBe(0)
    expect((await slipway.run(['env', 'sync', '--trust', '--json'], { folder: view })).code).toBe(4)
  })
})
