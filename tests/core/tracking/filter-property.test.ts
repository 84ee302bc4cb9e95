import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRecording, point, type Recording, someTime } from './open-recording.ts'
import { compileFilter, compileSort } from './sql-filter.ts'

/** What the window and the commands ask is answered from columns in memory; here SQL answers it, from the records. */
let at: Recording
const runIds: string[] = []

let seed = 20_260_102
function random(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return (seed >>> 8) % below
}
const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item

const metricKeys = ['loss', 'my score', 'rare', 'never']
const params = ['C', 'mixed', 'deep']
const values = [0, -0, 1, -1, 0.5, 1e300, -1e300, 5e-324, 'NaN', 'Infinity', '-Infinity'] as const
const paramValues = [1, 10, 1e-3, '1', 'rbf', 'RBF', 'é', true, false, null, [1], { a: 1 }, '']

function addRun(): void {
  const { runId } = at.startRun(['a', 'b'].slice(0, random(3)), {
    params: Object.fromEntries(
      params.filter(() => random(3) > 0).map((key) => [key, key === 'C' ? random(5) / 2 : pick(paramValues)]),
    ),
    tags: random(2) ? { team: pick(['blue', 'red', 'Réd', '100%']) } : {},
    experiment: pick(['default', 'second']),
  })
  runIds.push(runId)
}

const changes: Record<string, () => void> = {
  run: addRun,
  metric: () => {
    const id = pick(runIds)
    if (at.runs.run(id).state === 'running')
      at.recorder.logMetrics(id, [point(pick(metricKeys.slice(0, 3)), pick(values), random(4))])
  },
  tag: () => void at.recorder.setTag(pick(runIds), pick(['team', 'note']), random(3) ? pick(['blue', 'x', '5']) : null),
  param: () => {
    const id = pick(runIds)
    if (at.runs.run(id).state === 'running') at.recorder.setParam(id, pick(params), pick(paramValues))
  },
  end: () => {
    const id = pick(runIds)
    if (at.runs.run(id).state === 'running' && random(4) === 0)
      at.recorder.finishRun(id, {
        state: pick(['completed', 'failed']),
        endedAt: someTime,
        durationMs: random(9),
        failure: null,
      })
  },
  undone: () => {
    const undo = new Error('undone')
    const work = () =>
      at.database.transaction(() => {
        at.recorder.setTag(pick(runIds), 'team', 'undone')
        throw undo
      })
    expect(work).toThrow(undo)
  },
  removed: () => {
    if (random(6) > 0 || runIds.length < 20) return
    const [id] = runIds.splice(random(runIds.length), 1)
    at.database.prepare('DELETE FROM run WHERE id = ?').run([id as string])
  },
}

const subjects = [
  ...metricKeys.map((key) => `metric.${JSON.stringify(key)}`),
  ...params.map((key) => `param.${key}`),
  'tag.team',
  'tag.note',
]
const operators = ['=', '!=', '<', '<=', '>', '>=']

function comparison(): string {
  const subject = pick([...subjects, 'state', 'experiment', 'durationMs'])
  if (subject === 'state') return `state ${pick(['=', '!='])} ${pick(['running', 'completed', 'failed'])}`
  if (subject === 'experiment') return `experiment ${pick(operators)} ${pick(['default', '"e"'])}`
  if (subject === 'durationMs') return `durationMs ${pick(operators)} ${random(9)}`
  if (random(5) === 0) return subject
  const isMetric = subject.startsWith('metric')
  const word = () =>
    isMetric
      ? pick(['0', '0.5', '-1', 'NaN', 'Infinity', '1e300'])
      : pick(['1', '"1"', 'rbf', 'true', 'null', '0.5', 'blue', '""'])
  if (random(5) === 0) return `${subject} ${pick(['in', 'not in'])} (${word()}, ${word()})`
  if (!isMetric && random(4) === 0) return `${subject} like "${pick(['%b%', 'R__', '100%', '%', '_'])}"`
  return `${subject} ${pick(operators)} ${word()}`
}

function condition(depth: number): string {
  if (depth === 0 || random(3) === 0) return comparison()
  if (random(4) === 0) return `not (${condition(depth - 1)})`
  return `(${condition(depth - 1)}) ${pick(['and', 'or'])} (${condition(depth - 1)})`
}

function oracle(filter: string, sort: string, limit: number, offset: number) {
  const [where, order] = [compileFilter(filter), compileSort(sort)]
  const rows = at.database
    .prepare<{ id: string }>(`SELECT id FROM run WHERE ${where.sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`)
    .all([...where.params, ...order.params, limit, offset])
  const count = at.database.prepare<{ total: number }>(`SELECT count(*) AS total FROM run WHERE ${where.sql}`)
  return { ids: rows.map(({ id }) => id), total: count.get(where.params)?.total }
}

function check(): void {
  const filter = random(8) === 0 ? '' : condition(3)
  const sort =
    random(4) === 0
      ? ''
      : `${pick([...subjects, 'startedAt', 'durationMs', 'experiment', 'state', 'id'])} ${pick(['asc', 'desc'])}`
  const [limit, offset] = [pick([1, 3, 10, 1_000]), pick([0, 0, 2, 7])]
  const found = at.runs.list({ filter, sort, limit, offset })
  expect({ filter, sort, limit, offset, ids: found.runs.map(({ id }) => id), total: found.total }).toEqual({
    filter,
    sort,
    limit,
    offset,
    ...oracle(filter, sort, limit, offset),
  })
}

beforeAll(async () => {
  at = await openRecording()
  for (let run = 0; run < 60; run++) addRun()
  for (let change = 0; change < 120; change++) changes.metric?.()
})
afterAll(() => at.close())

describe('runs found in columns', () => {
  it('are those that SQL finds, in its order, for any filter, sort and page', () => {
    for (let round = 0; round < 500; round++) check()
  })

  it('stay those while runs are added, changed, taken back and taken away', () => {
    for (let round = 0; round < 400; round++) {
      const kind = pick(Object.keys(changes))
      changes[kind]?.()
      check()
    }
  })

  it('are the same in columns that were read in turns while runs went on', async () => {
    for (let round = 0; round < 30; round++) {
      const names = at.runs.columnNames()
      const asked = at.runs.columns(names)
      for (let change = 0; change < 5; change++) pick(Object.values(changes))()
      const { count } = await asked
      expect(count).toBe(at.runs.list({ limit: 1 }).total)
      check()
    }
  })
})
