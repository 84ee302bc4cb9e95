import type { EnvironmentSettings } from '../domain/environment.ts'
import { pathProblem } from './setting-paths.ts'
import { refuse, type SettingsTable } from './settings-reader.ts'

const environmentKeys = ['python', 'requirements', 'pyproject', 'conda']

/** [environment] */
export function readEnvironment(top: SettingsTable): EnvironmentSettings {
  const table = top.table('environment', environmentKeys)
  const settings: EnvironmentSettings = {
    python: table?.text('python') ?? null,
    requirements: table?.text('requirements') ?? null,
    pyproject: table?.text('pyproject') ?? null,
    conda: table?.text('conda') ?? null,
  }
  if (!table) return settings
  const named = ['requirements', 'pyproject', 'conda'].filter((key) => settings[key as keyof EnvironmentSettings])
  if (named.length > 1)
    refuse(
      table.placeOf(named[1] as string),
      `[environment] names both ${named.join(' and ')}`,
      'Keep the one that lists the dependencies of this project.',
    )
  if (
    settings.python !== null &&
    !/^(==|>=|<=|~=|!=|>|<)?\s*\d+(\.(\d+|\*))*(\s*,\s*(==|>=|<=|~=|!=|>|<)\s*\d+(\.(\d+|\*))*)*$/.test(settings.python)
  )
    refuse(
      table.placeOf('python'),
      `"${settings.python}" is no Python version`,
      'Write a version such as "3.11" or a range such as ">=3.11,<3.14".',
    )
  for (const key of named) {
    const reason = pathProblem(settings[key as keyof EnvironmentSettings] as string)
    if (reason) refuse(table.placeOf(key), `the file of "${key}" is refused: ${reason}`, 'Name a file in the project.')
  }
  return settings
}
