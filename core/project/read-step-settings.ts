import { parseDuration, parseSize } from '../domain/quantity.ts'
import type { StepSettings } from './project-settings.ts'
import { pathProblem } from './setting-paths.ts'
import { readQuantity, refuse, type SettingsTable } from './settings-reader.ts'

export const stepKeys = ['memory', 'time', 'cpus', 'cache', 'environment', 'writes']

/** Variables that would change which code runs, or where secrets and traffic go. */
const refusedVariables =
  /^(LD_.*|DYLD_.*|PATH|PYTHON(STARTUP|HOME|PATH|INSPECT|EXECUTABLE)|NODE_OPTIONS|GIT_SSH.*|DOCKER_.*|SLIPWAY_.*|.*_PROXY|BASH_ENV|ENV)$/i

/** [steps.NAME] */
export function readStep(table: SettingsTable): StepSettings {
  const variables = table.table('environment', null)
  const cpus = table.number('cpus')
  if (cpus !== null && cpus <= 0) refuse(table.placeOf('cpus'), '"cpus" must be above 0', 'Write cpus = 2.')
  return {
    memoryBytes: readQuantity(table, 'memory', parseSize, '"4 GB" or "512 MB"'),
    timeMs: readQuantity(table, 'time', parseDuration, '"90 s", "30 min" or "2 h"'),
    cpus,
    cache: table.boolean('cache'),
    writes: readWrites(table),
    environment: Object.fromEntries(
      (variables?.entries() ?? []).map(({ key, value, place }) => {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) || refusedVariables.test(key))
          refuse(
            place,
            `the variable ${key} may not be set for a step`,
            'Choose another name; paths, loaders, proxies and credentials are the system’s to set.',
          )
        if (value.kind !== 'string' || value.value.includes('\0'))
          return refuse(place, `the value of ${key} must be a text`, `Write ${key} = "…".`)
        return [key, value.value]
      }),
    ),
  }
}

function readWrites(table: SettingsTable): readonly string[] {
  const writes = table.texts('writes') ?? []
  for (const path of writes) {
    const isOurs = /^(\.\/+)*(\.slipway|slipway\.toml)(\/|$)/.test(path)
    const reason = pathProblem(path) ?? (isOurs ? 'it belongs to Slipway' : null)
    if (reason)
      refuse(
        table.placeOf('writes'),
        `the path "${path}" is refused: ${reason}`,
        'Name a file or folder of the project.',
      )
  }
  return writes
}
