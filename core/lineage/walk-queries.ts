import type { Database } from '../database/database.ts'
import { isOfDeletedRun } from './deleted-queries.ts'

type Start = { readonly node: number; readonly run: string | null }
type Bounds = { readonly limit: number; readonly withDeleted: boolean }

/**
 * Breadth first along edges, each pair of node and run once, so that a cycle ends by itself. Equal bytes are one
 * node, whichever runs made them: a walk that came from a run goes on through that run's own step run where it has
 * one, and through every other only where it has none. What deleted runs did is passed by unless it is asked for.
 */
function walkSql(near: 'cause' | 'effect', far: 'cause' | 'effect'): string {
  return `
    WITH RECURSIVE walk(node, run) AS (
      SELECT value ->> 'node', value ->> 'run' FROM json_each(:starts)
      UNION
      SELECT edge.${far}, COALESCE(next.run, walk.run)
      FROM walk
      JOIN lineage_edge AS edge ON edge.${near} = walk.node
      JOIN lineage_node AS next ON next.number = edge.${far}
      WHERE (:withDeleted OR NOT ${isOfDeletedRun('next')}) AND (
        walk.run IS NULL OR next.run IS NULL OR next.run = walk.run OR NOT EXISTS (
          SELECT 1 FROM lineage_edge AS other JOIN lineage_node AS own ON own.number = other.${far}
          WHERE other.${near} = walk.node AND own.run = walk.run AND (:withDeleted OR NOT ${isOfDeletedRun('own')})
        )
      )
      LIMIT :limit
    )
    SELECT DISTINCT node FROM walk`
}

/** Numbers of the nodes that led to the starts, nearest first. */
export function walkUp(database: Database, starts: readonly Start[], bounds: Bounds): readonly number[] {
  return collect(database, walkSql('effect', 'cause'), starts, bounds)
}

/** Numbers of the nodes that came of the starts, nearest first. */
export function walkDown(database: Database, starts: readonly Start[], bounds: Bounds): readonly number[] {
  return collect(database, walkSql('cause', 'effect'), starts, bounds)
}

function collect(database: Database, sql: string, starts: readonly Start[], bounds: Bounds): readonly number[] {
  const { limit, withDeleted } = bounds
  const rows = database
    .prepare<{ node: number }>(sql)
    .all({ starts: JSON.stringify(starts), limit, withDeleted: Number(withDeleted) })
  return rows.map((row) => row.node)
}
