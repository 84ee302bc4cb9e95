import type { Dataset } from '../domain/project.ts'
import { datasetPathProblem } from './setting-paths.ts'
import { lastName, refuse, type SettingsTable } from './settings-reader.ts'

export const datasetKeys = ['path', 'origin', 'licence', 'purpose', 'expires', 'personal', 'contact', 'schema']

/** [datasets.NAME] */
export function readDataset(table: SettingsTable): Dataset {
  const path = table.requiredText('path')
  const reason = datasetPathProblem(path)
  if (reason)
    refuse(
      table.placeOf('path'),
      `the path "${path}" is refused: ${reason}`,
      'Give a file, folder or glob in the project, or package:NAME/PATH.',
    )
  return {
    name: lastName(table),
    path,
    origin: table.text('origin'),
    licence: readLicence(table),
    purpose: table.texts('purpose') ?? [],
    expires: table.date('expires'),
    personal: table.boolean('personal') ?? false,
    contact: table.text('contact'),
    ...readExpectedSchema(table),
  }
}

/** [datasets.NAME.schema]: each column with its type. */
function readExpectedSchema(dataset: SettingsTable): Pick<Dataset, 'expectedSchema'> {
  const table = dataset.table('schema', null)
  if (table === null) return {}
  const columns = table.entries().map(({ key, value, place }): readonly [string, string] => {
    if (value.kind === 'string' && value.value.trim() !== '') return [key, value.value]
    return refuse(place, `"${table.name}.${key}" must be the type of a column`, 'Write it in quotes, such as "int64".')
  })
  return { expectedSchema: Object.fromEntries(columns) }
}

/** Checks the form of an SPDX expression; the list of known licences belongs to whoever judges it. */
function readLicence(table: SettingsTable): string | null {
  const licence = table.text('licence')
  const term = String.raw`\(*\s*[A-Za-z0-9][A-Za-z0-9.:+-]*\s*\)*`
  if (licence !== null && !new RegExp(`^${term}(\\s+(AND|OR|WITH)\\s+${term})*$`).test(licence))
    refuse(
      table.placeOf('licence'),
      `"${licence}" is no SPDX expression`,
      'Write an identifier such as "CC-BY-4.0", or "LicenseRef-NAME" for terms of your own.',
    )
  return licence
}
