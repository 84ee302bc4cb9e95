import type { Database } from '../database/database.ts'
import { isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { LineageNodeKind } from '../domain/lineage.ts'
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

/**
 * The nodes that a reference of a person names, most exact reading first.
 * @throws lineage/notFound, lineage/ambiguous
 */
export function findNodes(database: Database, reference: string): readonly NodeRow[] {
  const readings = [findLatest, findByDigest, findByIdOrKey, findByRunPrefix, findNewestVersion, findByDigestPrefix]
  for (const read of readings) {
    const found = read(database, reference)
    if (found.length > 0) return found
  }
  throw fail('lineage/notFound', { reference })
}

function findLatest(database: Database, reference: string): readonly NodeRow[] {
  if (reference !== 'latest') return []
  return database.prepare<NodeRow>("SELECT * FROM lineage_node WHERE kind = 'run' ORDER BY number DESC LIMIT 1").all()
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
  return refuseSeveral(reference, findByIdPrefix(database, `run:${prefix}`), (row) => row.id)
}

function findNewestVersion(database: Database, reference: string): readonly NodeRow[] {
  return findByIdPrefix(database, `modelVersion:${reference}@`)
    .filter((row) => /@\d+$/.test(row.id))
    .slice(-1)
}

function findByDigestPrefix(database: Database, reference: string): readonly NodeRow[] {
  const hex = reference.replace(/^sha256:/, '')
  if (!/^[0-9a-f]{8,63}$/.test(hex)) return []
  const rows = database
    .prepare<NodeRow>('SELECT * FROM lineage_node WHERE digest >= ? AND digest < ? ORDER BY number')
    .all([`sha256:${hex}`, `sha256:${hex}g`])
  return refuseSeveral(reference, rows, (row) => String(row.digest))
}

/** Ids sort as text: everything from the prefix up to the first text that no longer starts with it. */
function findByIdPrefix(database: Database, prefix: string): readonly NodeRow[] {
  return database
    .prepare<NodeRow>('SELECT * FROM lineage_node WHERE id >= ? AND id < ? ORDER BY number')
    .all([prefix, `${prefix}\u{10ffff}`])
}

function refuseSeveral(reference: string, rows: readonly NodeRow[], identityOf: (row: NodeRow) => string) {
  const matches = [...new Set(rows.map(identityOf))]
  if (matches.length > 1) throw fail('lineage/ambiguous', { reference, matches: matches.slice(0, 5) })
  return rows
}
