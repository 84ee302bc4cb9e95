import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../core/database/database.ts'
import { defaultMigrationsFolder } from '../../../core/database/migrations.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { disturb, findCalls, type TracedCall } from '../../builders/traced-calls.ts'

const script = join(import.meta.dirname, 'open-database-once.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
const released = readdirSync(defaultMigrationsFolder()).sort()
const calls = ['pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink', 'ftruncate']
/** SLIPWAY_FAULTS kills at every one of these calls; the suite at so many of each kind, the first and the last among them. */
const ofEachKind = process.env.SLIPWAY_FAULTS === undefined ? 3 : Number.POSITIVE_INFINITY

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'slipway-migration-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** A project's folder as the Slipway with so many migrations left it, with runs in it. */
function makeReleased(version: number): string {
  const migrations = join(base, `migrations-${version}`)
  const folder = join(base, `released-${version}`)
  for (const each of [migrations, folder]) mkdirSync(each)
  for (const name of released.slice(0, version))
    copyFileSync(join(defaultMigrationsFolder(), name), join(migrations, name))
  const database = openProjectDatabase(folder, { migrationsFolder: migrations })
  database.transaction(() => {
    for (let n = 0; n < 300; n++) {
      database.prepare("INSERT INTO run (id, state, started_at) VALUES (?, 'completed', 't')").run([`run${n}`])
      database.prepare('INSERT INTO metric_key (name) VALUES (?)').run([`key ${n} ${'x'.repeat(100)}`])
    }
  })
  database.close()
  return folder
}

const rowsOf = (database: Database) =>
  ['run', 'metric_key'].map((table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get())

/** The first, the last and some between, of each kind. */
function choose(found: readonly TracedCall[]): readonly TracedCall[] {
  return [...Map.groupBy(found, ({ call }) => call).values()].flatMap((kind) => {
    const count = Math.min(ofEachKind, kind.length)
    return Array.from({ length: count }, (_, n) => kind[Math.round((n * (kind.length - 1)) / Math.max(1, count - 1))]!)
  })
}

describe.skipIf(!canTrace)('f10 a core that is killed while it brings a database to the present format', () => {
  it.each(released.slice(0, -1).map((name, index) => [name, index + 1] as const))(
    'f10 from %s: the old or a newer one stands, whole, beside a sound copy of the old; the next start goes on',
    (_, version) => {
      const old = makeReleased(version)
      const fresh = () => {
        const folder = mkdtempSync(join(base, 'killed-'))
        cpSync(old, folder, { recursive: true })
        return folder
      }
      const found = findCalls({ script, folder: fresh() }, calls)
      let killed = 0
      for (const each of choose(found)) {
        const folder = fresh()
        if (!disturb({ script, folder }, each, 'signal=KILL').includes('done')) killed += 1
        const backups = () => readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db'))
        const database = openProjectDatabase(folder)
        expect(database.schemaVersion).toBe(released.length)
        expect([database.findDamage(), rowsOf(database)]).toEqual([[], [{ rows: 300 }, { rows: 300 }]])
        database.close()
        expect(
          readdirSync(folder)
            .concat(readdirSync(join(folder, 'backups')))
            .join(' '),
        ).not.toContain('.new-')
        const kept = backups().find((name) => name.startsWith(`slipway-v${version}-`))
        const restored = mkdtempSync(join(base, 'restored-'))
        copyFileSync(join(folder, 'backups', kept as string), join(restored, 'slipway.db'))
        const before = openProjectDatabase(restored)
        expect([before.findDamage(), rowsOf(before)]).toEqual([[], [{ rows: 300 }, { rows: 300 }]])
        before.close()
        for (const done of [folder, restored]) rmSync(done, { recursive: true, force: true })
      }
      console.log(`f10: ${found.length} calls, killed at ${killed}`)
      expect(killed).toBeGreaterThan(8)
    },
    600_000,
  )
})
