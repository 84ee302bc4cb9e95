import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { LineageDirection, LineageEdge, LineageGraph, LineageNode, LineageNodeKind } from '../domain/lineage.ts'
import { createDeletedNodes } from './deleted-queries.ts'
import { findNodes } from './find-queries.ts'
import type { LineageRepetition, LineageStore, NewLineageNode, WalkOptions } from './lineage.ts'
import { walkDown, walkUp } from './walk-queries.ts'

/** Enough for the whole story of any one thing; a page cannot show more. */
const mostNodes = 5_000

export type NodeRow = {
  readonly number: number
  readonly id: string
  readonly kind: LineageNodeKind
  readonly digest: Digest | null
  readonly name: string | null
  readonly at: string | null
  readonly run: string | null
}

export function createLineageStore(database: Database): LineageStore {
  // What is known of a node only grows: a later record fills gaps and never empties one.
  const insertNode = database.prepare<never>(
    `INSERT INTO lineage_node (id, kind, digest, name, at, run) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       digest = COALESCE(digest, excluded.digest), name = COALESCE(name, excluded.name),
       at = COALESCE(at, excluded.at), run = COALESCE(run, excluded.run)`,
  )
  const numberOf = database.prepare<{ number: number }>('SELECT number FROM lineage_node WHERE id = ?')
  const insertEdge = database.prepare<never>(
    'INSERT INTO lineage_edge (cause, effect, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const insertNodes = database.prepare<never>(
    `INSERT INTO lineage_node (id, kind, digest, name, at, run)
     SELECT value ->> 'id', value ->> 'kind', value ->> 'digest', value ->> 'name', value ->> 'at', value ->> 'runId'
     FROM json_each(?) WHERE true ORDER BY key ON CONFLICT (id) DO NOTHING`,
  )
  // CROSS, here and below: what is wanted comes first. By what SQLite knew of a small table it went through all of it
  // for each, three times over.
  const numbersOf = database.prepare<{ node: number; origin: number; cause: number }>(
    `SELECT node.number AS node, origin.number AS origin, cause.number AS cause FROM json_each(?) AS wanted
     CROSS JOIN lineage_node AS node ON node.id = wanted.value ->> 0
     CROSS JOIN lineage_node AS origin ON origin.id = wanted.value ->> 1
     CROSS JOIN lineage_node AS cause ON cause.id = wanted.value ->> 2`,
  )
  const copyEdges = database.prepare<never>(
    `INSERT INTO lineage_edge (cause, effect, kind)
     SELECT value ->> 'cause', value ->> 'node', 'generated' FROM json_each(:rows)
     UNION ALL
     SELECT edge.cause, value ->> 'node', 'used' FROM json_each(:rows)
     CROSS JOIN lineage_edge AS edge ON edge.effect = value ->> 'origin' AND edge.kind = 'used'
     UNION ALL
     SELECT value ->> 'node', edge.effect, 'generated' FROM json_each(:rows)
     CROSS JOIN lineage_edge AS edge ON edge.cause = value ->> 'origin' AND edge.kind = 'generated'
     WHERE true ON CONFLICT DO NOTHING`,
  )
  const nodesOf = database.prepare<NodeRow>(
    `SELECT node.* FROM json_each(?) AS wanted CROSS JOIN lineage_node AS node ON node.number = wanted.value
     ORDER BY wanted.key`,
  )
  const edgesInto = database.prepare<{ cause: number; effect: number; kind: LineageEdge['kind'] }>(
    `SELECT edge.cause, edge.effect, edge.kind
     FROM json_each(?) AS wanted CROSS JOIN lineage_edge AS edge ON edge.effect = wanted.value`,
  )
  const stepRunsOf = database.prepare<NodeRow>("SELECT * FROM lineage_node WHERE run = ? AND kind = 'stepRun'")

  function record(nodes: readonly NewLineageNode[], edges: readonly LineageEdge[]): void {
    database.transaction(() => {
      for (const { id, kind, digest, name, at, runId } of nodes)
        insertNode.run([id, kind, digest, name, at, runId ?? null])
      for (const { from, to, kind } of edges) insertEdge.run([known(from), known(to), kind])
    })
  }

  function repeat(repetitions: readonly LineageRepetition[]): void {
    database.transaction(() => {
      insertNodes.run([JSON.stringify(repetitions.map(({ node }) => node))])
      const ids = repetitions.map(({ node, origin, cause }) => [node.id, origin, cause])
      const rows = numbersOf.all([JSON.stringify(ids)])
      if (rows.length < ids.length) for (const [, origin = '', cause = ''] of ids) known(origin) && known(cause)
      copyEdges.run({ rows: JSON.stringify(rows) })
    })
  }

  function known(id: string): number {
    const row = numberOf.get([id])
    if (!row) throw fail('lineage/notFound', { reference: id })
    return row.number
  }

  /** A run is its step runs too: what they used led to it, what they gave came of it. */
  function startsOf(reference: string, { runId, withDeleted = false }: WalkOptions) {
    const found = findShown(reference, withDeleted)
    const whole = found.flatMap((row) => (row.kind === 'run' && row.run ? [row, ...stepRunsOf.all([row.run])] : [row]))
    return whole.map((row) => ({ node: row.number, run: row.run ?? runId ?? null }))
  }

  const deletedAmong = createDeletedNodes(database)
  const findShown = (reference: string, withDeleted: boolean) =>
    findNodes(database, reference, (rows) => {
      const deleted = withDeleted ? new Set<number>() : deletedAmong(rows.map(({ number }) => number))
      return rows.filter(({ number }) => !deleted.has(number))
    })

  function walk(reference: string, direction: LineageDirection, options: WalkOptions = {}): LineageGraph {
    const starts = startsOf(reference, options)
    const bounds = { limit: options.limit ?? mostNodes, withDeleted: options.withDeleted ?? false }
    const reached = new Set(starts.map((start) => start.node))
    if (direction !== 'down') for (const number of walkUp(database, starts, bounds)) reached.add(number)
    if (direction !== 'up') for (const number of walkDown(database, starts, bounds)) reached.add(number)
    return graphOf([...reached])
  }

  /** These nodes and every edge between two of them. */
  function graphOf(numbers: readonly number[]): LineageGraph {
    const wanted = [JSON.stringify(numbers)]
    const rows = nodesOf.all(wanted)
    const idOf = new Map(rows.map((row) => [row.number, row.id]))
    const edges = edgesInto.all(wanted).flatMap(({ cause, effect, kind }) => {
      const [from, to] = [idOf.get(cause), idOf.get(effect)]
      return from !== undefined && to !== undefined ? [{ from, to, kind }] : []
    })
    const deleted = deletedAmong(numbers)
    const nodes = rows.map((row) =>
      deleted.has(row.number) ? { ...toLineageNode(row), deleted: true } : toLineageNode(row),
    )
    return { nodes, edges }
  }

  const forgetEdges = database.prepare<never>('DELETE FROM lineage_edge WHERE cause = :node OR effect = :node')
  const forgetNode = database.prepare<never>('DELETE FROM lineage_node WHERE number = ?')
  const nodesOfRun = database.prepare<{ number: number }>('SELECT number FROM lineage_node WHERE run = ?')
  const neighbours = database.prepare<{ number: number }>(
    `SELECT effect AS number FROM lineage_edge WHERE cause = :node
     UNION SELECT cause FROM lineage_edge WHERE effect = :node`,
  )
  // What has a record of its own stays; the rest was there for the sake of what used it or gave it.
  const isAlone = database.prepare(
    `SELECT number FROM lineage_node WHERE number = :node
       AND kind IN ('source','file','environment','params','artifact')
       AND NOT EXISTS (SELECT 1 FROM lineage_edge WHERE cause = :node)
       AND NOT EXISTS (SELECT 1 FROM lineage_edge WHERE effect = :node)`,
  )

  function forgetRuns(runIds: readonly string[]): void {
    const touched = new Set<number>()
    for (const { number: node } of runIds.flatMap((id) => nodesOfRun.all([id]))) {
      for (const { number } of neighbours.all({ node })) touched.add(number)
      forgetEdges.run({ node })
      forgetNode.run([node])
    }
    for (const node of touched) if (isAlone.get({ node })) forgetNode.run([node])
  }

  return { record, repeat, forgetRuns, walk, find: (reference) => findShown(reference, false).map(toLineageNode) }
}

function toLineageNode({ id, kind, digest, name, at }: NodeRow): LineageNode {
  return { id, kind, digest, name, at }
}
