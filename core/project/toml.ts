import { type AST, ParseError, parseForESLint } from 'toml-eslint-parser'
import type { JsonValue } from '../domain/json.ts'

/** Lines and columns count from 1, offsets from 0. */
export type TomlPlace = { readonly line: number; readonly column: number; readonly start: number; readonly end: number }

export type TomlValue =
  | { readonly kind: 'string' | 'date'; readonly value: string; readonly place: TomlPlace }
  | { readonly kind: 'number'; readonly value: number; readonly isInteger: boolean; readonly place: TomlPlace }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place: TomlPlace }
  | { readonly kind: 'array'; readonly items: readonly TomlValue[]; readonly place: TomlPlace }
  | TomlTable

/** `place` is the braces of an inline table, the header's brackets otherwise. */
export type TomlTable = {
  readonly kind: 'table'
  /** `implied` tables are only met as the parent of another header. */
  readonly form: 'inline' | 'header' | 'implied' | 'dotted' | 'root'
  readonly entries: Map<string, TomlEntry>
  readonly place: TomlPlace
}

/** A key with its value; `place` runs from the key as written (dotted ones whole) to the end of the value. */
export type TomlEntry = {
  readonly key: string
  readonly keyPlace: TomlPlace
  readonly place: TomlPlace
  readonly value: TomlValue
}

/** The text is not TOML. */
export class TomlError extends Error {
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.name = 'TomlError'
    this.line = line
    this.column = column
  }
}

/** Parses TOML 1.0, keeping where everything stands. @throws TomlError */
export function parseToml(text: string): TomlTable {
  const root = newTable('root', { line: 1, column: 1, start: 0, end: text.length })
  for (const item of parseDocument(text).body[0].body) {
    if (item.type === 'TOMLKeyValue') addKeyValue(root, item)
    else addTable(root, item)
  }
  return root
}

function parseDocument(text: string): AST.TOMLProgram {
  try {
    return parseForESLint(text, { tomlVersion: '1.0' }).ast
  } catch (error) {
    if (error instanceof ParseError) throw new TomlError(error.message, error.lineNumber, error.column + 1)
    throw error
  }
}

function addTable(root: TomlTable, item: AST.TOMLTable): void {
  const header: TomlPlace = {
    ...placeOf(item.key),
    start: item.range[0],
    end: Math.max(item.key.range[1] + (item.kind === 'array' ? 2 : 1), item.range[0]),
  }
  const names = item.key.keys.map(nameOf)
  const parent = names.slice(0, -1).reduce((table, name) => innerTable(table, name, header, 'implied'), root)
  const last = names.at(-1) as string
  const table =
    item.kind === 'array'
      ? newElement(parent, last, header)
      : ownTable(innerTable(parent, last, header, 'implied'), header)
  for (const keyValue of item.body) addKeyValue(table, keyValue)
}

/** A table first met as the parent of another gets its own header's place when that comes. */
function ownTable(table: TomlTable, header: TomlPlace): TomlTable {
  Object.assign(table, { place: header, form: 'header' })
  return table
}

function newElement(parent: TomlTable, name: string, header: TomlPlace): TomlTable {
  const table = newTable('header', header)
  const existing = parent.entries.get(name)?.value
  const items = existing?.kind === 'array' ? [...existing.items, table] : [table]
  parent.entries.set(name, {
    key: name,
    keyPlace: header,
    place: header,
    value: { kind: 'array', items, place: header },
  })
  return table
}

function addKeyValue(table: TomlTable, item: AST.TOMLKeyValue): void {
  const names = item.key.keys.map(nameOf)
  const place = placeOf(item)
  const parent = names.slice(0, -1).reduce((inner, name) => innerTable(inner, name, place, 'dotted'), table)
  const key = names.at(-1) as string
  const keyNode = item.key.keys.at(-1) as AST.TOMLBare | AST.TOMLQuoted
  parent.entries.set(key, { key, keyPlace: placeOf(keyNode), place, value: toValue(item.value) })
}

/** The table under a name, made when missing; the last element when it is an array of tables. */
function innerTable(table: TomlTable, name: string, place: TomlPlace, form: 'implied' | 'dotted'): TomlTable {
  const existing = table.entries.get(name)?.value
  if (existing?.kind === 'table') return existing
  if (existing?.kind === 'array') {
    const last = existing.items.at(-1)
    if (last?.kind === 'table') return last
  }
  const made = newTable(form, place)
  table.entries.set(name, { key: name, keyPlace: place, place, value: made })
  return made
}

function newTable(form: TomlTable['form'], place: TomlPlace): TomlTable {
  return { kind: 'table', form, entries: new Map(), place }
}

function toValue(node: AST.TOMLContentNode): TomlValue {
  const place = placeOf(node)
  if (node.type === 'TOMLArray') return { kind: 'array', items: node.elements.map(toValue), place }
  if (node.type === 'TOMLInlineTable') {
    const table = newTable('inline', place)
    for (const keyValue of node.body) addKeyValue(table, keyValue)
    return table
  }
  switch (node.kind) {
    case 'string':
      return { kind: 'string', value: node.value, place }
    case 'boolean':
      return { kind: 'boolean', value: node.value, place }
    case 'integer':
    case 'float':
      return { kind: 'number', value: node.value, isInteger: node.kind === 'integer', place }
    default:
      return { kind: 'date', value: node.datetime, place }
  }
}

function nameOf(node: AST.TOMLBare | AST.TOMLQuoted): string {
  return node.type === 'TOMLBare' ? node.name : node.value
}

function placeOf(node: AST.TOMLNode): TomlPlace {
  return {
    line: node.loc.start.line,
    column: node.loc.start.column + 1,
    start: node.range[0],
    end: node.range[1],
  }
}

/** The value without its places; dates become the text they were written as. */
export function toPlain(value: TomlValue): JsonValue {
  if (value.kind === 'array') return value.items.map(toPlain)
  if (value.kind !== 'table') return value.value
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, toPlain(entry.value)]))
}

/** TOML text as plain data. @throws TomlError */
export function readTomlPlain(text: string): JsonValue {
  return toPlain(parseToml(text))
}
