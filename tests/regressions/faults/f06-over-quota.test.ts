import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { disturb, findCalls } from '../../builders/traced-calls.ts'
import { checkAfterCrash } from './check-after-crash.ts'

const script = join(import.meta.dirname, 'record-with-retries.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
const newFolder = () => mkdtempSync(join(tmpdir(), 'slipway-quota-'))

describe.skipIf(!canTrace)('f06 a disk that gives its user no more', () => {
  it('f06 is told as full while the database is written, what was acknowledged stands, and recording goes on when there is room', async () => {
    const first = newFolder()
    const calls = findCalls({ script, folder: first }, ['pwrite64']).filter(({ of }) => of === '/slipway.db-wal')
    rmSync(first, { recursive: true, force: true })
    expect(calls.length).toBeGreaterThan(20)
    // Behind those of the migrations. With the seven that follow: each refusal is one of SQLite's and one of ours that asks why.
    const { call, when } = calls[calls.length - 12]!
    const folder = newFolder()
    const said = disturb({ script, folder }, { call, when, of: '' }, 'error=EDQUOT', `..${when + 7}`)
    const refusals = said.filter((line) => line.startsWith('refused'))
    expect(refusals).toEqual(Array(4).fill('refused database/full'))
    expect(said.filter((line) => line.startsWith('finished')).length).toBe(3)
    expect(said.at(-1)).toBe('done')
    await checkAfterCrash(folder, said, () => false)
    rmSync(folder, { recursive: true, force: true })
  }, 240_000)
})
