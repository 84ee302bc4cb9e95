import { canonicalJson, type JsonValue } from '../domain/json.ts'
import { parseSettings } from './settings.ts'
import { parseToml, type TomlEntry, type TomlTable, type TomlValue, toPlain } from './toml.ts'

type Edit = { readonly start: number; readonly end: number; readonly text: string }

/**
 * Sets one key of slipway.toml by changing only the text it needs; comments, order and spacing stay. Null removes it.
 * @throws project/settingsInvalid when the result would not be valid settings
 */
export function editSettings(text: string, path: readonly string[], value: JsonValue): string {
  const before = parseToml(text)
  const edit = value === null ? planRemoval(text, before, path) : planSetting(text, before, path, value)
  if (edit === null) return text
  const edited = text.slice(0, edit.start) + edit.text + text.slice(edit.end)
  const expected = canonicalJson(withValue(toPlain(before), path, value))
  if (canonicalJson(toPlain(parseToml(edited))) !== expected)
    throw new Error(`editing ${path.join('.')} would change something else in slipway.toml`)
  parseSettings(edited)
  return edited
}

function planSetting(text: string, root: TomlTable, path: readonly string[], value: JsonValue): Edit {
  const existing = findEntry(root, path)
  if (existing && !isOpenTable(existing.value))
    return { start: existing.value.place.start, end: existing.value.place.end, text: toToml(value) }
  const parentPath = path.slice(0, -1)
  const line = `${toKey(path.at(-1) as string)} = ${toToml(value)}`
  const parent = findTable(root, parentPath)
  if (parent?.form === 'inline') return insertInline(parent, line)
  if (parent?.form === 'dotted') {
    const sibling = [...parent.entries.values()].at(-1) as TomlEntry
    const written = text.slice(sibling.place.start, sibling.keyPlace.start)
    return insertAfterLine(text, sibling.place.end, `${written}${line}`)
  }
  if (parent && (parent.form === 'root' || parent.form === 'header')) {
    const last = lastOwnEntry(parent)
    if (last) return insertAfterLine(text, last.place.end, line)
    if (parent.form === 'root') return { start: 0, end: 0, text: `${line}\n${text === '' ? '' : '\n'}` }
    return insertAfterLine(text, parent.place.end, line)
  }
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  return {
    start: text.length,
    end: text.length,
    text: `${gap}[${parentPath.map(toKey).join('.')}]\n${line}\n`,
  }
}

function planRemoval(text: string, root: TomlTable, path: readonly string[]): Edit | null {
  const existing = findEntry(root, path)
  if (!existing) return null
  const parent = findTable(root, path.slice(0, -1))
  if (existing.value.kind === 'table' && existing.value.form !== 'inline')
    throw new Error(`${path.join('.')} is a table; remove its keys one by one`)
  if (parent?.form === 'inline') return removeInline(text, existing)
  const start = text.lastIndexOf('\n', existing.place.start - 1) + 1
  const lineEnd = text.indexOf('\n', existing.place.end)
  return { start, end: lineEnd === -1 ? text.length : lineEnd + 1, text: '' }
}

function removeInline(text: string, entry: TomlEntry): Edit {
  const after = /^\s*,\s*/.exec(text.slice(entry.place.end))
  if (after) return { start: entry.place.start, end: entry.place.end + after[0].length, text: '' }
  const before = /,?\s*$/.exec(text.slice(0, entry.place.start)) as RegExpExecArray
  return { start: before.index, end: entry.place.end, text: '' }
}

function insertInline(table: TomlTable, line: string): Edit {
  const last = lastOwnEntry(table)
  if (last) return { start: last.place.end, end: last.place.end, text: `, ${line}` }
  return { start: table.place.start, end: table.place.end, text: `{ ${line} }` }
}

function insertAfterLine(text: string, offset: number, line: string): Edit {
  const end = text.indexOf('\n', offset)
  if (end === -1) return { start: text.length, end: text.length, text: `\n${line}\n` }
  const newline = text[end - 1] === '\r' ? '\r\n' : '\n'
  return { start: end + 1, end: end + 1, text: `${line}${newline}` }
}

/** The entry of the table's own body that stands last in the text. */
function lastOwnEntry(table: TomlTable): TomlEntry | undefined {
  return [...table.entries.values()]
    .flatMap((entry) => (isOpenTable(entry.value) ? dottedEntries(entry.value as TomlTable) : [entry]))
    .sort((a, b) => a.place.end - b.place.end)
    .at(-1)
}

function dottedEntries(table: TomlTable): TomlEntry[] {
  if (table.form !== 'dotted') return []
  return [...table.entries.values()].flatMap((entry) =>
    isOpenTable(entry.value) ? dottedEntries(entry.value as TomlTable) : [entry],
  )
}

function isOpenTable(value: TomlValue): boolean {
  if (value.kind === 'array') return value.items.some((item) => item.kind === 'table' && item.form === 'header')
  return value.kind === 'table' && value.form !== 'inline'
}

function findEntry(root: TomlTable, path: readonly string[]): TomlEntry | undefined {
  return findTable(root, path.slice(0, -1))?.entries.get(path.at(-1) as string)
}

function findTable(root: TomlTable, path: readonly string[]): TomlTable | undefined {
  let table: TomlTable | undefined = root
  for (const name of path) {
    const value: TomlValue | undefined = table.entries.get(name)?.value
    if (value?.kind !== 'table') return undefined
    table = value
  }
  return table
}

function withValue(root: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [name, ...rest] = path as [string, ...string[]]
  const table = { ...(root as { [key: string]: JsonValue }) }
  if (rest.length > 0) return { ...table, [name]: withValue(table[name] ?? {}, rest, value) }
  if (value !== null) return { ...table, [name]: value }
  delete table[name]
  return table
}

function toKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)
}

function toToml(value: JsonValue): string {
  if (value === null) throw new TypeError('TOML has no null')
  if (typeof value === 'string') return toTomlText(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(toToml).join(', ')}]`
  const entries = Object.entries(value).map(([key, member]) => `${toKey(key)} = ${toToml(member)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function toTomlText(text: string): string {
  // JSON's escapes are TOML's, but for DEL, which TOML wants escaped too.
  return JSON.stringify(text).replaceAll('\x7f', '\\u007F')
}
