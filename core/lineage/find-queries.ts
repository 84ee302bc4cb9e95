import type { Database } from '../database/database.ts'
import { isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { LineageNodeKind } from '../domain/lineage.ts'
import { isOfDeletedRun } from './deleted-queries.ts'
import type { NodeRow } from './lineage-store.ts'

const kinds: Record<LineageNodeKind, true> = {
  source: true,
  file: true,
  environment: true,
  params: true,
  stepRun: true,
  artifact: true,
  run: true,
  proof: true,
  modelVersion: true,
  gateResult: true,
  approval: true,
  image: true,
  push: true,
}

/** Those of the rows that are to be found. */
type Sieve = (rows: readonly NodeRow[]) => readonly NodeRow[]
type Reading = (database: Database, reference: string) => readonly NodeRow[]

/** A prefix may fit several things, and then has to be longer; `identityOf` tells things apart. */
const readings: readonly (readonly [Reading, identityOf?: (row: NodeRow) => string])[] = [
  [findLatest],
  [findByDigest],
  [findByIdOrKey],
  [findByRunPrefix, (row) => row.id],
  [findNewestVersion],
  [findByDigestPrefix, (row) => String(row.digest)],
]

/**
 * The nodes that a reference of a person names, most exact reading first; of those, what `shown` lets through.
 * @throws lineage/notFound, lineage/ambiguous, lineage/deleted when only what is not shown goes by it
 */
export function findNodes(database: Database, reference: string, shown: Sieve): readonly NodeRow[] {
  let hidden = 0
  for (const [read, identityOf] of readings) {
    const rows = read(database, reference)
    const found = shown(rows)
    if (identityOf) refuseSeveral(reference, found, identityOf)
    if (found.length > 0) return found
    hidden += rows.length
  }
  throw hidden > 0 ? fail('lineage/deleted', { reference }) : fail('lineage/notFound', { reference })
}

function findLatest(database: Database, reference: string): readonly NodeRow[] {
  if (reference !== 'latest') return []
  const sql = `SELECT * FROM lineage_node AS node WHERE kind = 'run' AND NOT ${isOfDeletedRun('node')}
    ORDER BY number DESC LIMIT 1`
  return database.prepare<NodeRow>(sql).all()
}

function findByIdOrKey(database: Database, reference: string): readonly NodeRow[] {
  const ids = [reference, ...Object.keys(kinds).map((kind) => `${kind}:${reference}`)]
  return database
    .prepare<NodeRow>('SELECT * FROM lineage_node WHERE id IN (SELECT value FROM json_each(?)) ORDER BY number')
    .all([JSON.stringify(ids)])
}

/** Everything of that digest: an image and its pushes share one, and a push knows the approval behind it. */
function findByDigest(database: Database, reference: string): readonly NodeRow[] {
  if (!isDigest(reference)) return []
  const keyed = findByIdOrKey(database, reference)
  const same = database.prepare<NodeRow>('SELECT * FROM lineage_node WHERE digest = ? ORDER BY number').all([reference])
  return [...keyed, ...same.filter((row) => !keyed.some((other) => other.number === row.number))]
}

function findByRunPrefix(database: Database, reference: string): readonly NodeRow[] {
  const prefix = reference.replace(/^run:/, '')
  if (!/^[a-z2-7]{4,12}$/.test(prefix)) return []
  return findByIdPrefix(database, `run:${prefix}`)
}

function findNewestVersion(database: Database, reference: string): readonly NodeRow[] {
  return findByIdPrefix(database, `modelVersion:${reference}@`)
    .filter((row) => /@\d+$/.test(row.id))
    .slice(-1)
}

function findByDigestPrefix(database: Database, reference: string): readonly NodeRow[] {
  const hex = reference.replace(/^sha256:/, '')
  if (!/^[0-9a-f]{8,63}$/.test(hex)) return []
  return database
    .prepare<NodeRow>('SELECT * FROM lineage_node WHERE digest >= ? AND digest < ? ORDER BY number')
    .all([`sha256:${hex}`, `sha256:${hex}g`])
}

/** Ids sort as text: everything from the prefix up to the first text that no longer starts with it. */
function findByIdPrefix(database: Database, prefix: string): readonly NodeRow[] {
  return database
    .prepare<NodeRow>('SELECT * FROM lineage_node WHERE id >= ? AND id < ? ORDER BY number')
    .all([prefix, `${prefix}\u{10ffff}`])
}

function refuseSeveral(reference: string, rows: readonly NodeRow[], identityOf: (row: NodeRow) => string): void {
  const matches = [...new Set(rows.map(identityOf))]
  if (matches.length > 1) throw fail('lineage/ambiguous', { reference, matches: matches.slice(0, 5) })
}
