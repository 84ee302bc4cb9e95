import type { DatasetColumn } from './dataset.ts'

/** Columns by name with their types, as slipway.toml expects them of a dataset. */
export type ExpectedSchema = Readonly<Record<string, string>>

/** What is not as expected, column by column, in words; the order of columns and missing values are left open. */
export function schemaProblems(
  expected: ExpectedSchema,
  found: readonly Pick<DatasetColumn, 'name' | 'type'>[],
): readonly string[] {
  const types = new Map(found.map(({ name, type }) => [name, type]))
  const wanted = Object.entries(expected).flatMap(([name, type]) => {
    const now = types.get(name)
    if (now === undefined) return [`column ${name} is missing`]
    return now === type ? [] : [`column ${name} is ${now}, not ${type}`]
  })
  const added = found.filter(({ name }) => !Object.hasOwn(expected, name)).map(({ name }) => `column ${name} is new`)
  return [...wanted, ...added]
}
