import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../core/database/database.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createCachedStepsStore } from '../../../core/tracking/cached-steps-store.ts'
import type { MetricStore } from '../../../core/tracking/metric-store.ts'

let folder: string
let database: Database
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-plans-'))
  database = openProjectDatabase(folder)
})
afterAll(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As after the first run of a small project: SQLite keeps in mind how small all was, and plans by that for long. */
function makeSmall(): void {
  const lineage = createLineageStore(database)
  const at = null
  const nodes = Array.from({ length: 12 }, (_, n) => [
    { id: `stepRun:${n}`, kind: 'stepRun' as const, digest: null, name: null, at, runId: 'aaaa' },
    { id: `artifact:${n}`, kind: 'artifact' as const, digest: null, name: null, at },
  ]).flat()
  const edges = Array.from({ length: 12 }, (_, n) => ({
    from: `stepRun:${n}`,
    to: `artifact:${n}`,
    kind: 'generated' as const,
  }))
  lineage.record(nodes, edges)
  database.prepare('ANALYZE').run()
}

it('looks up what is wanted, and goes through no table for each', () => {
  makeSmall()
  const asked: string[] = []
  const listening: Database = {
    ...database,
    prepare: (sql) => {
      asked.push(sql)
      return database.prepare(sql)
    },
  }
  createCachedStepsStore(listening, createLineageStore(listening), {} as MetricStore)
  const joining = asked.filter((sql) => /json_each\([^)]*\)[^;]*JOIN/.test(sql))
  expect(joining.length).toBeGreaterThan(6)
  for (const sql of joining) {
    const plan = database.prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(parametersOf(sql))
    const scanned = plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN '))
    expect([sql, scanned.filter((detail) => !/^SCAN (json_each|wanted|step) VIRTUAL TABLE/.test(detail))]).toEqual([
      sql,
      [],
    ])
  }
})

function parametersOf(sql: string): Record<string, string> | string[] {
  const named = [...sql.matchAll(/(?<=[\s(,]):(\w+)/g)].map(([, name]) => [name as string, '[]'] as const)
  return named.length > 0 ? Object.fromEntries(named) : [...sql.matchAll(/\?/g)].map(() => '[]')
}
