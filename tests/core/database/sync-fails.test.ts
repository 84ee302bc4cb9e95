import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openProjectDatabase } from '../../../core/database/open-database.ts'

const script = join(import.meta.dirname, 'write-in-steps.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0

/** The child's lines while the `count`-th sync of a file or folder does what `rule` says; `hit` when there was one. */
function writeWith(rule: string, count: number, folder: string) {
  const rules = ['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:${rule}:when=${count}`]
  const traced = spawnSync('strace', ['-f', '-qq', ...rules, process.execPath, script, folder], { encoding: 'utf8' })
  const said = traced.stdout.split('\n').filter((line) => line !== '')
  return { said, hit: traced.signal !== null || traced.stderr.includes('INJECTED') }
}

/** Opens anew, as the next start does; gives the names that are there. */
function reopen(folder: string): readonly string[] {
  const database = openProjectDatabase(folder)
  try {
    expect(database.findDamage()).toEqual([])
    return database
      .prepare<{ name: string }>('SELECT name FROM metric_key')
      .all()
      .map((row) => row.name)
  } finally {
    database.close()
  }
}

describe.skipIf(!canTrace)('a sync to disk', () => {
  it('f04-that fails is never acknowledged, and no later success is believed until the file was opened again', () => {
    let refused = 0
    for (let count = 1, hit = true; hit; count++) {
      const folder = mkdtempSync(join(tmpdir(), 'slipway-sync-'))
      const written = writeWith('error=EIO', count, folder)
      const kept = written.said.filter((line) => line.startsWith('kept')).map((line) => line.slice('kept '.length))
      const firstRefusal = written.said.findIndex((line) => line.startsWith('refused'))
      if (firstRefusal >= 0) {
        const after = written.said.slice(firstRefusal).filter((line) => line !== 'done')
        expect(new Set(after)).toEqual(new Set(['refused database/unwritable']))
        refused += 1
      }
      expect(reopen(folder)).toEqual(expect.arrayContaining(kept))
      rmSync(folder, { recursive: true, force: true })
      hit = written.hit && count < 60
    }
    expect(refused).toBeGreaterThan(5)
  }, 240_000)
})
