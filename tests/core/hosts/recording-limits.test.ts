import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import { parseSize, writeSize } from '../../../core/domain/quantity.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createProjectCore } from '../../../core/hosts/create-project-core.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'

let work: string
let folder: string
let core: ProjectCore
const toml = () => readFileSync(join(folder, 'slipway.toml'), 'utf8')

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'recording-'))
  folder = writeBlankProject(join(work, 'project'), 'from slipway import step\n')
  core = await createProjectCore(folder, { homeFolder: join(work, 'home'), assets: findAssets() })
})
afterEach(async () => {
  await core.close()
  rmSync(work, { recursive: true, force: true })
})

describe('the limits of what runs keep', () => {
  it('are written into slipway.toml beside what stands there, and taken out again', async () => {
    const usual = { keepFileBytes: 1e9, keepRunBytes: 4e9, keepLogBytes: 256e6 }
    expect(await core.project.recording()).toEqual(usual)
    writeFileSync(join(folder, 'slipway.toml'), `${toml()}\n[recording]  # mine\nkeepRun = "8 GB"\n`)
    const before = toml()
    const changed = await core.project.changeRecording({ keepLog: '1.5 MiB' })
    expect(changed).toEqual({ ...usual, keepRunBytes: 8e9, keepLogBytes: 1.5 * 1024 ** 2 })
    expect(toml()).toBe(`${before}keepLog = "1.5 MiB"\n`)
    expect(await core.project.changeRecording({ keepLog: null, keepRun: null })).toEqual(usual)
    expect(toml()).toContain('[recording]  # mine')
  })

  it('are refused whole when one of them is no size, and nothing is written', async () => {
    const before = toml()
    const change = core.project.changeRecording({ keepFile: '2 GB', keepLog: 'much' })
    await expect(change).rejects.toMatchObject({ code: 'project/settingsInvalid' })
    expect(toml()).toBe(before)
  })
})

it.each([1, 999, 1_000, 1_024, 1_500, 256e6, 1e9, 1.5e9, 1_234_567_891, 5 * 1024 ** 3, 4e12])(
  'writes a size of %d bytes so that it is read back',
  (bytes) => {
    expect(parseSize(writeSize(bytes))).toBe(bytes)
  },
)
