import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDigest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'

const script = join(import.meta.dirname, 'put-in-steps.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0

/** Kills the child at the `count`-th call of this name in its one thread for files; gives what it had acknowledged. */
function killAt(call: string, count: number, folder: string): readonly string[] {
  const rules = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${count}`]
  const { stdout } = spawnSync('strace', ['-f', '-qq', ...rules, process.execPath, script, folder], {
    encoding: 'utf8',
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return stdout.split('\n').filter((line) => line !== '')
}

describe.skipIf(!canTrace)('f01-a writer killed at any call that changes the disk', () => {
  it.each([
    ['fsync', 1],
    ['rename', 1],
    ['write', 6],
  ] as const)(
    '%s: what was acknowledged stands, nothing is half, and the next start sweeps',
    async (call, stride) => {
      let finished = false
      let kills = 0
      for (let count = 1; count < 100 && !finished; count += stride) {
        const folder = mkdtempSync(join(tmpdir(), 'slipway-cut-'))
        const said = killAt(call, count, folder)
        finished = said.includes('done')
        if (!finished) kills += 1
        const store = await createStore(join(folder, 'store'))
        expect((await store.verifyAll()).damage).toEqual([])
        const references = await store.references()
        for (const line of said) {
          const [what, first, second] = line.split(' ')
          if (what === 'put')
            expect((await store.readBytes(parseDigest(first as string))).length).toBeGreaterThan(10_000)
          if (what === 'named') expect(references.find(({ name }) => name === first)?.descriptor.digest).toBe(second)
        }
        expect(readdirSync(join(folder, 'tmp'))).toEqual([])
        rmSync(folder, { recursive: true, force: true })
      }
      expect(finished).toBe(true)
      expect(kills).toBeGreaterThanOrEqual(3)
    },
    240_000,
  )
})
