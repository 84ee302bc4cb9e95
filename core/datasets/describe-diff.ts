import type { DatasetColumn, DatasetDiff, DatasetFile, SchemaChange } from '../domain/dataset.ts'

const shownFiles = 20

export function compareFiles(from: readonly DatasetFile[], to: readonly DatasetFile[]): DatasetDiff['files'] {
  const old = new Map(from.map((file) => [file.path, file.digest]))
  const now = new Map(to.map((file) => [file.path, file.digest]))
  const all = [
    ...to.flatMap(({ path, digest }) => {
      const before = old.get(path)
      return before === digest ? [] : [{ kind: before === undefined ? ('added' as const) : ('changed' as const), path }]
    }),
    ...from.flatMap(({ path }) => (now.has(path) ? [] : [{ kind: 'removed' as const, path }])),
  ].sort((a, b) => (a.path < b.path ? -1 : 1))
  const count = (kind: string) => all.filter((one) => one.kind === kind).length
  return {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    first: all.slice(0, shownFiles),
  }
}

export function compareSchemas(from: readonly DatasetColumn[], to: readonly DatasetColumn[]): readonly SchemaChange[] {
  const old = new Map(from.map((column) => [column.name, column]))
  const now = new Map(to.map((column) => [column.name, column]))
  const changes: SchemaChange[] = []
  for (const column of from) {
    const after = now.get(column.name)
    if (after === undefined) changes.push({ kind: 'removed', column: column.name, from: wordColumn(column), to: null })
    else if (wordColumn(column) !== wordColumn(after))
      changes.push({ kind: 'retyped', column: column.name, from: wordColumn(column), to: wordColumn(after) })
  }
  for (const column of to) {
    if (!old.has(column.name)) changes.push({ kind: 'added', column: column.name, from: null, to: wordColumn(column) })
  }
  const common = (columns: readonly DatasetColumn[], other: ReadonlyMap<string, DatasetColumn>) =>
    columns.map(({ name }) => name).filter((name) => other.has(name))
  const before = common(from, now)
  const after = common(to, old)
  for (const [index, name] of after.entries()) {
    if (before[index] === name) continue
    const place = (columns: readonly DatasetColumn[]) => String(1 + columns.findIndex((column) => column.name === name))
    changes.push({ kind: 'moved', column: name, from: place(from), to: place(to) })
  }
  return changes
}

/** `int64`, or `int64?` where values are missing. */
export function wordColumn({ type, nullable }: DatasetColumn): string {
  return nullable ? `${type}?` : type
}

/** One line for people; empty when nothing is known to differ. */
export function summariseDiff(diff: Pick<DatasetDiff, 'from' | 'to' | 'schema' | 'rows' | 'files' | 'same'>): string {
  if (diff.same) return 'the same'
  const words: string[] = []
  const { rows } = diff
  if (rows !== null) {
    const counts = [signed('+', rows.added), signed('−', rows.removed), signed('~', rows.changed)].filter(Boolean)
    if (counts.length > 0) words.push(`rows ${counts.join(' ')}`)
  } else if (diff.from.rows !== null && diff.to.rows !== null && diff.from.rows !== diff.to.rows) {
    const more = diff.to.rows - diff.from.rows
    words.push(`rows ${more > 0 ? '+' : '−'}${Math.abs(more)}`)
  }
  const shown = diff.schema.filter(({ kind }) => kind !== 'moved')
  for (const { kind, column, from, to } of shown.slice(0, 3)) {
    words.push(kind === 'retyped' ? `column ${column}: ${from} → ${to}` : `column ${column} ${kind}`)
  }
  if (shown.length > 3) words.push(`${shown.length - 3} more columns`)
  const { added, removed, changed } = diff.files
  if (words.length === 0 && added + removed + changed > 0) {
    words.push(`files ${[signed('+', added), signed('−', removed), signed('~', changed)].filter(Boolean).join(' ')}`)
  }
  return words.length === 0 ? 'other bytes, the same values' : words.join(', ')
}

function signed(sign: string, count: number): string {
  return count === 0 ? '' : `${sign}${count}`
}
