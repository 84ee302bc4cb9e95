import { expect, it } from 'vitest'
import { columnOfRuns } from '../../../core/domain/columns-of-runs.ts'
import type { Run } from '../../../core/domain/run.ts'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import { createRunColumns } from '../../../renderer/live/run-columns-store.ts'

const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  experiment: 'default',
  state: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  durationMs: 7,
  params: {},
  metrics: {},
  tags: {},
  failure: null,
  cachedSteps: 0,
  totalSteps: 6,
  ...more,
})
const [a, b, c] = [run('a'), run('b'), run('c', { state: 'running' })]

/** A core whose answers about columns come when the test says so, with the runs that it says. */
function openLate(newest: readonly Run[]) {
  const asked: { readonly names: readonly RunColumnName[]; readonly answer: (runs: readonly Run[]) => void }[] = []
  const columns = createRunColumns({
    head: async () => ({ runs: newest.toReversed(), total: newest.length }),
    names: async () => ['id', 'state'],
    columns: (names) =>
      new Promise((resolve) => {
        const answer = (runs: readonly Run[]) =>
          resolve({ count: runs.length, columns: names.map((name) => columnOfRuns(runs, name)) })
        asked.push({ names, answer })
      }),
  })
  const answer = async (runs: readonly Run[], names: readonly RunColumnName[]) => {
    await expect.poll(() => asked.length).toBeGreaterThan(0)
    const one = asked.shift()
    expect(one?.names).toEqual(names)
    one?.answer(runs)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const shown = () => {
    const rows = Array.from({ length: columns.store.getState().count ?? 0 }, (_, row) => row)
    return rows.map((row) => `${columns.value('id', row)} ${columns.value('state', row)}`)
  }
  return { columns, answer, shown }
}

it('asks again for ids that were asked for before the runs were counted: each run has one row', async () => {
  const { columns, answer, shown } = openLate([a, b])
  columns.need(['id'])
  columns.load()
  columns.take([{ kind: 'run', run: b }])
  await expect.poll(() => columns.store.getState().count).toBe(2)
  await answer([a], ['id'])
  await answer([a, b], ['id'])
  expect(shown()).toEqual(['a completed', 'b completed'])
  columns.take([{ kind: 'run', run: c }])
  expect(shown().map((row) => row.slice(0, 1))).toEqual(['a', 'b', 'c'])
})

it('gives a run its row when it is announced, though a column has it sooner', async () => {
  const { columns, answer, shown } = openLate([a, b])
  columns.load()
  await answer([a, b], ['id'])
  columns.need(['state'])
  await answer([a, b, c], ['state'])
  expect(shown()).toEqual(['a completed', 'b completed'])
  columns.take([{ kind: 'run', run: c }])
  expect(shown()).toEqual(['a completed', 'b completed', 'c running'])
})

it('tells what was announced to columns that came before the ids', async () => {
  const { columns, answer, shown } = openLate([a, b])
  columns.need(['state'])
  columns.load()
  await expect.poll(() => columns.store.getState().count).toBe(2)
  columns.take([{ kind: 'run', run: c }])
  await answer([a], ['state'])
  await answer([a, b, c], ['state', 'id'])
  expect(shown()).toEqual(['a completed', 'b completed', 'c running'])
})

it('takes the names that core says, and draws nothing anew for those that the newest runs brought already', async () => {
  const said: ((names: readonly RunColumnName[]) => void)[] = []
  const columns = createRunColumns({
    head: async () => ({ runs: [run('a', { metrics: { loss: 1 }, params: { C: 2 } })], total: 1 }),
    names: () => new Promise((resolve) => said.push(resolve)),
    columns: async (names) => ({ count: 1, columns: names.map(() => null) }),
  })
  columns.load()
  await expect.poll(() => columns.column('id')).toBe(null)
  const { names, version } = columns.store.getState()
  expect(names).toEqual(expect.arrayContaining(['metric.loss', 'param.C']))
  said[0]?.([...names])
  await new Promise((resolve) => setImmediate(resolve))
  expect(columns.store.getState()).toMatchObject({ names, version })
  columns.load()
  await expect.poll(() => said.length).toBe(2)
  said[1]?.([...names, 'metric.loss_10', 'metric.loss_9'])
  await expect.poll(() => columns.store.getState().names).toContain('metric.loss_9')
  const metrics = columns.store.getState().names.filter((name) => name.startsWith('metric.'))
  expect(metrics).toEqual(['metric.loss', 'metric.loss_10', 'metric.loss_9'])
})

it('asks once for what is refused, however often it is needed, and again when told to load', async () => {
  const asked: (readonly RunColumnName[])[] = []
  let isLineOpen = false
  const columns = createRunColumns({
    head: async () => ({ runs: [a], total: 1 }),
    names: async () => ['id', 'state'],
    columns: async (names) => {
      asked.push(names)
      if (!isLineOpen || names.includes('state')) throw new Error('no')
      return { count: 1, columns: names.map((name) => columnOfRuns([a], name)) }
    },
  })
  let drawings = 0
  // As a screen does that waits for a column: whenever something has changed it says so again.
  columns.store.subscribe(() => {
    drawings++
    columns.need(['state'])
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  columns.need(['durationMs'])
  await settle()
  expect(columns.store.getState()).toMatchObject({ count: null, error: null })
  expect([asked, drawings]).toEqual([[['durationMs']], 0])
  isLineOpen = true
  columns.load()
  await settle()
  expect(columns.store.getState().error).toBeInstanceOf(Error)
  expect(asked.length).toBeLessThan(4)
  const before = asked.length
  columns.need(['state', 'cachedSteps'])
  await settle()
  expect(asked.slice(before)).toEqual([['cachedSteps']])
  expect(columns.value('cachedSteps', 0)).toBe(0)
  // What is still missing is still said.
  expect(columns.store.getState().error).toBeInstanceOf(Error)
  columns.load()
  await settle()
  expect(asked.slice(before + 1).flat()).toContain('state')
})
