import { fail } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { TomlEntry, TomlPlace, TomlTable, TomlValue } from './toml.ts'

/** Refuses a place in slipway.toml: the failure names the line and says what would be right. */
export function refuse(place: TomlPlace, problem: string, hint: string): never {
  throw fail('project/settingsInvalid', { line: place.line, column: place.column, problem, hint })
}

/** One table of slipway.toml, read key by key. In a lenient table (a newer format) unknown keys pass. */
export type SettingsTable = {
  readonly name: string
  readonly place: TomlPlace
  text(key: string): string | null
  requiredText(key: string): string
  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | null
  number(key: string): number | null
  boolean(key: string): boolean | null
  /** A string or a list of strings. */
  texts(key: string): readonly string[] | null
  date(key: string): string | null
  table(key: string, known: readonly string[] | null): SettingsTable | null
  /** Every entry is a table of its own: [datasets.NAME]. */
  tables(key: string, known: readonly string[]): readonly SettingsTable[]
  entries(): readonly { readonly key: string; readonly value: TomlValue; readonly place: TomlPlace }[]
  placeOf(key: string): TomlPlace
}

/** @param known null takes any key. */
export function readSettingsTable(
  source: TomlTable,
  name: string,
  known: readonly string[] | null,
  lenient: boolean,
): SettingsTable {
  if (known && !lenient) refuseUnknownKeys(source, name, known)
  const find = (key: string): TomlEntry | undefined => source.entries.get(key)
  const label = (key: string) => (name === '' ? key : `${name}.${key}`)
  const wrong = (entry: TomlEntry, expected: string): never =>
    refuse(entry.value.place, `"${label(entry.key)}" must be ${expected}`, `Write ${entry.key} as ${expected}.`)

  const text = (key: string): string | null => {
    const entry = find(key)
    if (!entry) return null
    if (entry.value.kind !== 'string' || entry.value.value.trim() === '') return wrong(entry, 'a text in quotes')
    return entry.value.value
  }
  const inner = (entry: TomlEntry, keys: readonly string[] | null): SettingsTable =>
    entry.value.kind === 'table'
      ? readSettingsTable(entry.value, label(entry.key), keys, lenient)
      : wrong(entry, 'a table')

  return {
    name,
    place: source.place,
    text,
    requiredText: (key) =>
      text(key) ?? refuse(source.place, `"${label(key)}" is missing`, `Add ${key} = "…" to ${name || 'the top'}.`),
    choice: (key, choices) => {
      const value = text(key)
      if (value === null) return null
      const chosen = choices.find((choice) => choice === value)
      return chosen ?? wrong(find(key) as TomlEntry, `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`)
    },
    number: (key) => {
      const entry = find(key)
      if (!entry) return null
      if (entry.value.kind !== 'number' || !Number.isFinite(entry.value.value)) return wrong(entry, 'a number')
      return entry.value.value
    },
    boolean: (key) => {
      const entry = find(key)
      if (!entry) return null
      return entry.value.kind === 'boolean' ? entry.value.value : wrong(entry, 'true or false')
    },
    texts: (key) => {
      const entry = find(key)
      if (!entry) return null
      if (entry.value.kind === 'string') return [entry.value.value]
      if (entry.value.kind !== 'array') return wrong(entry, 'a text or a list of texts')
      return entry.value.items.map((item) =>
        item.kind === 'string' && item.value.trim() !== '' ? item.value : wrong(entry, 'a list of texts in quotes'),
      )
    },
    date: (key) => {
      const entry = find(key)
      if (!entry) return null
      const written = entry.value.kind === 'date' || entry.value.kind === 'string' ? entry.value.value : ''
      return isCalendarDate(written) ? written : wrong(entry, 'a date such as 2027-06-30')
    },
    table: (key, keys) => {
      const entry = find(key)
      return entry ? inner(entry, keys) : null
    },
    tables: (key, keys) => {
      const outer = find(key)
      if (!outer) return []
      if (outer.value.kind !== 'table') return wrong(outer, `a table: [${label(key)}.NAME]`)
      return [...outer.value.entries.values()].map((entry) =>
        entry.value.kind === 'table'
          ? readSettingsTable(entry.value, `${label(key)}.${entry.key}`, keys, lenient)
          : refuse(entry.place, `"${label(key)}.${entry.key}" must be a table`, `Write [${label(key)}.NAME] above it.`),
      )
    },
    entries: () => [...source.entries.values()].map(({ key, value, place }) => ({ key, value, place })),
    placeOf: (key) => find(key)?.value.place ?? source.place,
  }
}

function refuseUnknownKeys(source: TomlTable, name: string, known: readonly string[]): void {
  for (const entry of source.entries.values()) {
    if (known.includes(entry.key)) continue
    const nearest = nearestName(entry.key, known)
    const where = name === '' ? '' : ` in [${name}]`
    refuse(
      entry.keyPlace,
      `unknown key "${entry.key}"${where}`,
      nearest ? `Did you mean "${nearest}"?` : `Known keys here are ${known.join(', ')}.`,
    )
  }
}

function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** A size or a duration as it is written, `4 GB`. */
export function readQuantity(
  table: SettingsTable,
  key: string,
  parse: (text: string) => number | null,
  example: string,
): number | null {
  const text = table.text(key)
  if (text === null) return null
  return parse(text) ?? refuse(table.placeOf(key), `"${text}" is no ${key}`, `Write ${key} as ${example}.`)
}

/** NAME of [datasets.NAME]. */
export function lastName(table: SettingsTable): string {
  return table.name.slice(table.name.indexOf('.') + 1)
}
