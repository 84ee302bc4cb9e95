import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../core/database/database.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { parseDigest } from '../../../core/domain/digest.ts'
import type { LineageEdge, LineageNodeKind } from '../../../core/domain/lineage.ts'
import type { LineageStore, NewLineageNode } from '../../../core/lineage/lineage.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'

let folder: string
let database: Database
let lineage: LineageStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-lineage-'))
  database = openProjectDatabase(folder)
  lineage = createLineageStore(database)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const digestOf = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`)
const node = (id: string, more: Partial<NewLineageNode> = {}): NewLineageNode => ({
  id,
  kind: id.slice(0, id.indexOf(':')) as LineageNodeKind,
  digest: null,
  name: null,
  at: null,
  ...more,
})
/** `a > b` as an edge whose kind follows from its ends. */
const edge = (text: string): LineageEdge => {
  const [from, to] = text.split(' > ') as [string, string]
  return { from, to, kind: from.startsWith('stepRun') || from.startsWith('run') ? 'generated' : 'used' }
}
const idsOf = (graph: { nodes: readonly { id: string }[] }) => graph.nodes.map(({ id }) => id).sort()

/** Two runs of two steps that read one file and gave equal bytes; a model version made from the second. */
function recordTwoRuns(): void {
  const steps = ['runaaaa', 'runbbbb'].flatMap((runId) => [
    node(`run:${runId}`, { runId }),
    node(`stepRun:${runId}-load`, { runId }),
    node(`stepRun:${runId}-train`, { runId }),
  ])
  const things = [
    node('file:data.csv@1', { digest: digestOf('d') }),
    node('artifact:raw', { digest: digestOf('a') }),
    node('artifact:model', { digest: digestOf('b') }),
    node('modelVersion:wine@1', { digest: digestOf('b'), runId: 'runbbbb' }),
    node('modelVersion:wine@2', { digest: digestOf('b'), runId: 'runbbbb' }),
    node('image:x', { digest: digestOf('c') }),
  ]
  const edges = ['runaaaa', 'runbbbb'].flatMap((run) => [
    `run:${run} > stepRun:${run}-load`,
    `run:${run} > stepRun:${run}-train`,
    `file:data.csv@1 > stepRun:${run}-load`,
    `stepRun:${run}-load > artifact:raw`,
    `artifact:raw > stepRun:${run}-train`,
    `stepRun:${run}-train > artifact:model`,
  ])
  const made = ['artifact:model > modelVersion:wine@1', 'modelVersion:wine@1 > image:x']
  lineage.record([...steps, ...things], [...edges, ...made].map(edge))
}

describe('record', () => {
  it('is idempotent and fills what was not known before, without emptying anything', () => {
    lineage.record([node('file:a', { name: 'a' }), node('stepRun:s')], [edge('file:a > stepRun:s')])
    lineage.record([node('file:a', { digest: digestOf('d') }), node('stepRun:s')], [edge('file:a > stepRun:s')])
    expect(lineage.walk('file:a', 'down')).toEqual({
      nodes: [
        { id: 'file:a', kind: 'file', digest: digestOf('d'), name: 'a', at: null },
        { id: 'stepRun:s', kind: 'stepRun', digest: null, name: null, at: null },
      ],
      edges: [edge('file:a > stepRun:s')],
    })
  })

  it('stores all of it or nothing, also within a larger transaction', () => {
    const unknownEnd = () => lineage.record([node('file:a')], [edge('file:a > stepRun:unknown')])
    expect(unknownEnd).toThrow(expect.objectContaining({ code: 'lineage/notFound' }))
    expect(() => lineage.find('file:a')).toThrow(expect.objectContaining({ code: 'lineage/notFound' }))
    const undone = () =>
      database.transaction(() => {
        lineage.record([node('file:b')], [])
        throw new Error('later trouble')
      })
    expect(undone).toThrow('later trouble')
    expect(() => lineage.find('file:b')).toThrow()
  })
})

describe('walk', () => {
  beforeEach(recordTwoRuns)

  it.each([
    [
      'an image reaches the data, on the path of the run that its model came from',
      'image:x',
      'up',
      [
        'artifact:model',
        'artifact:raw',
        'file:data.csv@1',
        'image:x',
        'modelVersion:wine@1',
        'run:runbbbb',
        'stepRun:runbbbb-load',
        'stepRun:runbbbb-train',
      ],
    ],
    [
      'a run reaches what it used, through its own step runs',
      'runaaaa',
      'up',
      ['artifact:raw', 'file:data.csv@1', 'run:runaaaa', 'stepRun:runaaaa-load', 'stepRun:runaaaa-train'],
    ],
    [
      'a run reaches what it gave',
      'run:runbbbb',
      'down',
      [
        'artifact:model',
        'artifact:raw',
        'image:x',
        'modelVersion:wine@1',
        'run:runbbbb',
        'stepRun:runbbbb-load',
        'stepRun:runbbbb-train',
      ],
    ],
  ] as const)('%s', (_, reference, direction, expected) => {
    expect(idsOf(lineage.walk(reference, direction))).toEqual(expected)
  })

  it('goes from equal bytes to every step run that gave them, unless one run is asked for', () => {
    const stepRuns = (ids: readonly string[]) => ids.filter((id) => id.startsWith('stepRun'))
    expect(stepRuns(idsOf(lineage.walk(digestOf('a'), 'up')))).toEqual(['stepRun:runaaaa-load', 'stepRun:runbbbb-load'])
    expect(stepRuns(idsOf(lineage.walk(digestOf('a'), 'up', { runId: 'runaaaa' })))).toEqual(['stepRun:runaaaa-load'])
  })

  it('goes both ways at once without wandering to siblings', () => {
    const reached = idsOf(lineage.walk('artifact:raw', 'both', { runId: 'runbbbb' }))
    expect(reached).toContain('file:data.csv@1')
    expect(reached).toContain('image:x')
    expect(reached.filter((id) => id.includes('runaaaa'))).toEqual([])
  })

  it('ends on a cycle and within its limit', () => {
    lineage.record([], [edge('image:x > stepRun:runbbbb-load')])
    expect(idsOf(lineage.walk('image:x', 'up'))).toContain('image:x')
    expect(lineage.walk('file:data.csv@1', 'down', { limit: 3 }).nodes).toHaveLength(3)
  })

  it('walks a chain of thousands of steps', () => {
    const count = 4_000
    const chain = Array.from({ length: count }, (_, i) => node(`artifact:chain${i}`))
    const edges = chain.slice(1).map((each, i) => ({ from: `artifact:chain${i}`, to: each.id, kind: 'used' as const }))
    lineage.record(chain, edges)
    expect(lineage.walk(`artifact:chain${count - 1}`, 'up').edges).toHaveLength(count - 1)
  })
})

describe('find', () => {
  beforeEach(recordTwoRuns)

  it.each([
    ['a node id', 'stepRun:runaaaa-load', ['stepRun:runaaaa-load']],
    ['the key of a node', 'wine@1', ['modelVersion:wine@1']],
    ['a model without version: its newest', 'wine', ['modelVersion:wine@2']],
    ['a run by its prefix', 'runb', ['run:runbbbb']],
    ['the latest run', 'latest', ['run:runbbbb']],
    [
      'a digest: everything that is these bytes',
      digestOf('b'),
      ['artifact:model', 'modelVersion:wine@1', 'modelVersion:wine@2'],
    ],
    ['a prefix of a digest', 'dddddddd', ['file:data.csv@1']],
    ['a prefix of a digest with its algorithm', 'sha256:cccccccccc', ['image:x']],
  ])('reads %s', (_, reference, expected) => {
    expect(lineage.find(reference).map(({ id }) => id)).toEqual(expected)
  })

  it.each([
    ['nothing by that name', 'nothing-here', 'lineage/notFound'],
    ['too short a prefix of a digest', 'ddddddd', 'lineage/notFound'],
    ['a digest that is not recorded', digestOf('9'), 'lineage/notFound'],
    ['text with a wildcard', 'run%', 'lineage/notFound'],
  ])('refuses %s', (_, reference, code) => {
    expect(() => lineage.find(reference)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses a prefix of two runs and names them', () => {
    lineage.record([node('run:runbbcc', { runId: 'runbbcc' })], [])
    expect(() => lineage.find('runbb')).toThrow(
      expect.objectContaining({
        code: 'lineage/ambiguous',
        details: { reference: 'runbb', matches: ['run:runbbbb', 'run:runbbcc'] },
      }),
    )
  })
})
