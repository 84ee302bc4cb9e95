import type { Database } from '../database/database.ts'

/** What has a record of its own only as a part of a run; the rest stays when the run is deleted. */
export function isOfDeletedRun(node: string): string {
  return `(${node}.kind IN ('run', 'stepRun', 'proof') AND ${node}.run IS NOT NULL
    AND ${node}.run IN (SELECT id FROM run WHERE deleted_at IS NOT NULL))`
}

const isData = (node: string) => `${node}.kind IN ('source', 'file', 'environment', 'params', 'artifact')`
const isDatasetVersion = (node: string) => `(${node}.id >= 'file:dataset/' AND ${node}.id < 'file:dataset0')`
const wasMadeByDeletedRun = (node: string) => `EXISTS (
  SELECT 1 FROM lineage_edge AS made JOIN lineage_node AS maker ON maker.number = made.cause
  WHERE made.effect = ${node}.number AND made.kind = 'generated' AND ${isOfDeletedRun('maker')})`
/** That what is beside it keeps it in sight: something that is there, and not a part of the same deleted result. */
const keeps = (node: string) => `(NOT ${isOfDeletedRun(node)}
  AND (NOT ${isData(node)} OR ${isDatasetVersion(node)} OR NOT ${wasMadeByDeletedRun(node)}))`

/** Which of these nodes are of deleted runs: what such a run did, and what was made by such runs alone. */
export function createDeletedNodes(database: Database): (numbers: readonly number[]) => ReadonlySet<number> {
  const any = database.prepare('SELECT 1 FROM run WHERE deleted_at IS NOT NULL LIMIT 1')
  const among = database.prepare<{ number: number }>(
    `SELECT node.number FROM json_each(?) AS wanted CROSS JOIN lineage_node AS node ON node.number = wanted.value
     WHERE ${isOfDeletedRun('node')} OR (
       ${isData('node')} AND NOT ${isDatasetVersion('node')} AND ${wasMadeByDeletedRun('node')}
       AND NOT EXISTS (
         SELECT 1 FROM lineage_edge AS edge JOIN lineage_node AS cause ON cause.number = edge.cause
         WHERE edge.effect = node.number AND ${keeps('cause')})
       AND NOT EXISTS (
         SELECT 1 FROM lineage_edge AS edge JOIN lineage_node AS effect ON effect.number = edge.effect
         WHERE edge.cause = node.number AND ${keeps('effect')}))`,
  )
  return (numbers) => {
    if (numbers.length === 0 || !any.get()) return new Set()
    return new Set(among.all([JSON.stringify(numbers)]).map(({ number }) => number))
  }
}
