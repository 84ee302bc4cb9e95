import type { RowDifference } from '../domain/dataset.ts'
import { fail } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import type { TableColumn } from '../domain/table.ts'
import type { Ask } from '../tables/duckdb-session.ts'
import { quoteName } from '../tables/source-queries.ts'
import { isPlainNumber, toJson } from './profile-queries.ts'
import type { RowsCompared } from './table-profile.ts'

const longestCell = 1_000

type Sides = { readonly from: readonly TableColumn[]; readonly to: readonly TableColumn[] }
type Shared = { readonly name: string; readonly from: string; readonly to: string; readonly as: string | null }

/**
 * Every row of the tables `old_rows` and `new_rows` against those of the other: matched by the key, or whole rows as
 * often as they stand there. The engine lays down on disk what does not fit, so it is exact whatever the size.
 */
export async function compareRows(
  ask: Ask,
  sides: Sides,
  key: readonly string[],
  examples: number,
): Promise<RowsCompared> {
  const shared = sharedColumns(sides)
  const names = new Set(shared.map(({ name }) => name))
  const all = new Set([...sides.from, ...sides.to].map(({ name }) => name))
  const leftOut = [...all].filter((name) => !names.has(name))
  const missing = key.filter((name) => !names.has(name))
  if (missing.length > 0) throw fail('data/keyUnfit', { columns: missing, reason: 'not both sides have them' })
  if (shared.length === 0) return { added: 0, removed: 0, changed: 0, examples: [], leftOut }
  const compared =
    key.length === 0 ? await compareWhole(ask, shared, examples) : await compareByKey(ask, shared, key, examples)
  return { ...compared, leftOut }
}

/** Columns of both; where the types differ both are taken as numbers, or as text. */
function sharedColumns({ from, to }: Sides): readonly Shared[] {
  const later = new Map(to.map((column) => [column.name, column]))
  return from.flatMap((column): Shared[] => {
    const other = later.get(column.name)
    if (other === undefined) return []
    const same = column.type === other.type
    const as = same ? null : column.kind === 'number' && other.kind === 'number' ? 'DOUBLE' : 'VARCHAR'
    return [{ name: column.name, from: column.type, to: other.type, as }]
  })
}

function takenAs({ name, as }: Shared): string {
  return as === null ? quoteName(name) : `CAST(${quoteName(name)} AS ${as})`
}

async function compareWhole(ask: Ask, shared: readonly Shared[], examples: number) {
  const list = shared.map((column) => `${takenAs(column)} AS ${quoteName(column.name)}`).join(', ')
  const group = shared.map(({ name }) => quoteName(name)).join(', ')
  // Each side counts its rows, up or down: what is left over of a row's value is on one side only.
  await ask(
    `CREATE TABLE slipway_differing AS
     SELECT ${group}, sum(slipway_side) AS slipway_more, min(slipway_place) AS slipway_first FROM (
       SELECT ${list}, -1 AS slipway_side, row_number() OVER () AS slipway_place FROM old_rows
       UNION ALL SELECT ${list}, 1, row_number() OVER () FROM new_rows
     ) GROUP BY ${group} HAVING sum(slipway_side) <> 0`,
  )
  const [[added] = [], [removed] = []] = await ask(
    `SELECT CAST(COALESCE(sum(slipway_more) FILTER (slipway_more > 0), 0) AS BIGINT),
            CAST(COALESCE(-sum(slipway_more) FILTER (slipway_more < 0), 0) AS BIGINT) FROM slipway_differing`,
  )
  const cells = await ask(
    `SELECT CAST(slipway_more AS BIGINT), ${shared.map((column) => cellOf(column, quoteName(column.name))).join(', ')}
     FROM slipway_differing ORDER BY slipway_first, slipway_more LIMIT ${examples}`,
  )
  const [sides = [], ...columns] = cells
  return {
    added: Number(added),
    removed: Number(removed),
    changed: 0,
    examples: sides.map((more, row): RowDifference => {
      const values = Object.fromEntries(shared.map(({ name }, index) => [name, toJson(columns[index]?.[row])]))
      const isAdded = Number(more) > 0
      return {
        kind: isAdded ? 'added' : 'removed',
        key: null,
        from: isAdded ? null : values,
        to: isAdded ? values : null,
      }
    }),
  }
}

async function compareByKey(ask: Ask, shared: readonly Shared[], key: readonly string[], examples: number) {
  for (const [table, side] of [
    ['old_rows', 'older'],
    ['new_rows', 'newer'],
  ] as const)
    await assertUnique(ask, table, side, key)
  const others = shared.filter(({ name }) => !key.includes(name))
  const list = shared.map((column) => `${takenAs(column)} AS ${quoteName(column.name)}`).join(', ')
  const on = key.map((name) => `old.${quoteName(name)} IS NOT DISTINCT FROM new.${quoteName(name)}`).join(' AND ')
  const differs =
    others.map(({ name }) => `old.${quoteName(name)} IS DISTINCT FROM new.${quoteName(name)}`).join(' OR ') || 'false'
  await ask(
    `CREATE TABLE slipway_differing AS
     SELECT old AS slipway_old, new AS slipway_new,
       CASE WHEN old.slipway_place IS NULL THEN 'added' WHEN new.slipway_place IS NULL THEN 'removed' ELSE 'changed' END AS slipway_kind,
       COALESCE(new.slipway_place, old.slipway_place) AS slipway_first
     FROM (SELECT ${list}, row_number() OVER () AS slipway_place FROM old_rows) AS old
     FULL OUTER JOIN (SELECT ${list}, row_number() OVER () AS slipway_place FROM new_rows) AS new ON ${on}
     WHERE old.slipway_place IS NULL OR new.slipway_place IS NULL OR ${differs}`,
  )
  const counts = await ask('SELECT slipway_kind, count(*) FROM slipway_differing GROUP BY slipway_kind')
  const counted = new Map((counts[0] ?? []).map((kind, index) => [kind, Number(counts[1]?.[index])]))
  const cells = (side: string) => shared.map((column) => cellOf(column, `${side}.${quoteName(column.name)}`)).join(', ')
  const [kinds = [], ...columns] = await ask(
    `SELECT slipway_kind, ${cells('slipway_old')}, ${cells('slipway_new')} FROM slipway_differing
     ORDER BY slipway_first, slipway_kind LIMIT ${examples}`,
  )
  return {
    added: counted.get('added') ?? 0,
    removed: counted.get('removed') ?? 0,
    changed: counted.get('changed') ?? 0,
    examples: kinds.map((kind, row) => {
      const read = (at: number) => shared.map((_, index) => toJson(columns[at + index]?.[row]))
      return toDifference(kind as RowDifference['kind'], shared, key, read(0), read(shared.length))
    }),
  }
}

function toDifference(
  kind: RowDifference['kind'],
  shared: readonly Shared[],
  key: readonly string[],
  old: readonly JsonValue[],
  now: readonly JsonValue[],
): RowDifference {
  const names = shared.map(({ name }) => name)
  const pick = (values: readonly JsonValue[], wanted: (index: number) => boolean) =>
    Object.fromEntries(names.flatMap((name, index) => (wanted(index) ? [[name, values[index] as JsonValue]] : [])))
  const side = kind === 'removed' ? old : now
  const differs = (index: number) => old[index] !== now[index]
  return {
    kind,
    key: key.map((name) => side[names.indexOf(name)] as JsonValue),
    from: kind === 'added' ? null : pick(old, kind === 'changed' ? differs : () => true),
    to: kind === 'removed' ? null : pick(now, kind === 'changed' ? differs : () => true),
  }
}

async function assertUnique(ask: Ask, table: string, side: string, key: readonly string[]): Promise<void> {
  const list = key.map(quoteName).join(', ')
  const [[count] = []] = await ask(`SELECT count(*) FROM (SELECT 1 FROM ${table} GROUP BY ${list} HAVING count(*) > 1)`)
  if (Number(count) === 0) return
  throw fail('data/keyUnfit', {
    columns: key,
    reason: `in the ${side} state ${count} of their values stand in several rows`,
  })
}

function cellOf(column: Shared, expression: string): string {
  const type = column.as ?? column.from
  return isPlainNumber(type) || type === 'BOOLEAN' ? expression : `left(CAST(${expression} AS VARCHAR), ${longestCell})`
}
