import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStore } from '../../../core/store/create-store.ts'
import { disturb, findCalls } from '../../builders/traced-calls.ts'

const script = join(import.meta.dirname, 'put-again.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
const newFolder = () => mkdtempSync(join(tmpdir(), 'slipway-sync-'))

describe.skipIf(!canTrace)('f04 a sync of the store that fails with EIO', () => {
  it('f04 is not acknowledged, and the same bytes are then put as a new file rather than believed', async () => {
    const first = newFolder()
    const calls = findCalls({ script, folder: first }, ['fsync'])
    rmSync(first, { recursive: true, force: true })
    let refusals = 0
    for (const each of calls) {
      const folder = newFolder()
      const said = disturb({ script, folder }, each, 'error=EIO')
      const [before, after] = said.map((line) => line.split(' ').at(-1))
      if (said[0]?.startsWith('refused')) {
        refusals += 1
        expect(said).toEqual([expect.stringMatching(/^refused store\/unwritable /), expect.stringMatching(/^put \d+$/)])
        expect(after).not.toBe(before)
      } else if (said[0]?.startsWith('closed')) {
        expect(said).toEqual(['closed store/unwritable'])
      } else {
        expect(said).toEqual([`put ${before}`, `put ${before}`])
      }
      const store = await createStore(join(folder, 'store'))
      expect((await store.verifyAll()).damage).toEqual([])
      expect(readdirSync(join(folder, 'tmp'))).toEqual([])
      rmSync(folder, { recursive: true, force: true })
    }
    // The file and its folder; what opening the store syncs comes before.
    expect(refusals).toBe(2)
    expect(calls.length).toBeGreaterThan(5)
  })
})
