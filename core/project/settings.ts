import type { EnvironmentSettings } from '../domain/environment.ts'
import type { Dataset, RecordingSettings } from '../domain/project.ts'
import { parseDuration, parseSize } from '../domain/quantity.ts'
import {
  currentFormat,
  defaultRecording,
  type GateSettings,
  type ImageSettings,
  type ProjectSettings,
  type StepSettings,
} from './project-settings.ts'
import { readSettingsTable, refuse, type SettingsTable } from './settings-reader.ts'
import { parseToml, TomlError, type TomlPlace, type TomlTable } from './toml.ts'

const topKeys = [
  'format',
  'name',
  'pipeline',
  'environment',
  'datasets',
  'steps',
  'gates',
  'image',
  'registry',
  'recording',
] as const
const environmentKeys = ['python', 'requirements', 'pyproject', 'conda']
const datasetKeys = ['path', 'origin', 'licence', 'purpose', 'expires', 'personal', 'contact', 'schema']
const stepKeys = ['memory', 'time', 'cpus', 'cache', 'environment', 'writes']
const gateKeys = ['metric', 'min', 'max', 'severity']
const imageKeys = ['runtime', 'base', 'platform']
const recordingKeys = ['keepFile', 'keepRun', 'keepLog']

/** Variables that would change which code runs, or where secrets and traffic go. */
const refusedVariables =
  /^(LD_.*|DYLD_.*|PATH|PYTHON(STARTUP|HOME|PATH|INSPECT|EXECUTABLE)|NODE_OPTIONS|GIT_SSH.*|DOCKER_.*|SLIPWAY_.*|.*_PROXY|BASH_ENV|ENV)$/i

/** slipway.toml as settings, with every default. @throws project/settingsInvalid at the first line that is wrong */
export function parseSettings(text: string): ProjectSettings {
  const source = parseSource(text)
  const format = readFormat(source)
  const isNewer = format > currentFormat
  const top = readSettingsTable(source, '', topKeys, isNewer)
  return {
    format,
    readOnly: isNewer ? `slipway.toml has format ${format}, and this Slipway knows ${currentFormat}` : null,
    name: readName(top),
    pipeline: readPipeline(top),
    environment: readEnvironment(top),
    datasets: top.tables('datasets', datasetKeys).map(readDataset),
    steps: Object.fromEntries(top.tables('steps', stepKeys).map((table) => [lastName(table), readStep(table)])),
    gates: top.tables('gates', gateKeys).map(readGate),
    image: readImage(top),
    registry: { default: top.table('registry', ['default'])?.text('default') ?? 'embedded' },
    recording: readRecording(top),
  }
}

/** Where a key of slipway.toml stands, for a problem that only shows later. */
export function locateSetting(text: string, path: readonly (string | number)[]): TomlPlace {
  let value: ReturnType<typeof parseToml> | undefined = parseToml(text)
  let place = value.place
  for (const step of path) {
    const found: unknown =
      typeof step === 'number'
        ? itemsOf(value)[step]
        : value?.kind === 'table'
          ? value.entries.get(step)?.value
          : undefined
    if (!found) break
    value = found as TomlTable
    place = value.place
  }
  return place
}

function itemsOf(value: unknown): readonly unknown[] {
  const array = value as { kind?: string; items?: readonly unknown[] } | undefined
  return array?.kind === 'array' ? (array.items ?? []) : [value]
}

function parseSource(text: string): TomlTable {
  try {
    return parseToml(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return refuse(
      { line: error.line, column: error.column, start: 0, end: 0 },
      error.message.replace(/\.$/, ''),
      'Correct the line; texts stand in double quotes, tables begin with [name].',
    )
  }
}

function readFormat(source: TomlTable): number {
  const entry = source.entries.get('format')
  if (!entry) return currentFormat
  if (entry.value.kind !== 'number' || !entry.value.isInteger || entry.value.value < 1)
    return refuse(entry.value.place, '"format" must be a whole number from 1', `Write format = ${currentFormat}.`)
  return entry.value.value
}

function readName(top: SettingsTable): string {
  const name = top.requiredText('name').trim()
  if (/\p{Cc}/u.test(name) || name.length > 200)
    refuse(top.placeOf('name'), '"name" must be one line of at most 200 characters', 'Choose a shorter name.')
  return name
}

function readPipeline(top: SettingsTable): readonly string[] {
  const modules = top.texts('pipeline') ?? ['pipeline.py']
  for (const module of modules) {
    const reason = pathProblem(module) ?? (module.endsWith('.py') ? null : 'it is not a Python module (.py)')
    if (reason)
      refuse(
        top.placeOf('pipeline'),
        `the pipeline module "${module}" is refused: ${reason}`,
        'Name modules relative to the project with forward slashes, such as "steps/train.py".',
      )
  }
  return [...new Set(modules)]
}

function readEnvironment(top: SettingsTable): EnvironmentSettings {
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

function readDataset(table: SettingsTable): Dataset {
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

function readRecording(top: SettingsTable): RecordingSettings {
  const table = top.table('recording', recordingKeys)
  const size = (key: string) => (table ? readQuantity(table, key, parseSize, '"1 GB" or "64 MB"') : null)
  return {
    keepFileBytes: size('keepFile') ?? defaultRecording.keepFileBytes,
    keepRunBytes: size('keepRun') ?? defaultRecording.keepRunBytes,
    keepLogBytes: size('keepLog') ?? defaultRecording.keepLogBytes,
  }
}

function readStep(table: SettingsTable): StepSettings {
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

function readQuantity(
  table: SettingsTable,
  key: string,
  parse: (text: string) => number | null,
  example: string,
): number | null {
  const text = table.text(key)
  if (text === null) return null
  return parse(text) ?? refuse(table.placeOf(key), `"${text}" is no ${key}`, `Write ${key} as ${example}.`)
}

function readGate(table: SettingsTable): GateSettings {
  const gate: GateSettings = {
    name: lastName(table),
    metric: table.requiredText('metric'),
    min: table.number('min'),
    max: table.number('max'),
    severity: table.choice('severity', ['block', 'warn']) ?? 'block',
  }
  if (gate.min === null && gate.max === null)
    refuse(table.place, `[${table.name}] has neither min nor max`, 'Add the bound that the metric must keep.')
  return gate
}

function readImage(top: SettingsTable): ImageSettings {
  const table = top.table('image', imageKeys)
  const platform = table?.text('platform') ?? 'linux/amd64'
  if (table && !/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9.]+)?$/.test(platform))
    refuse(table.placeOf('platform'), `"${platform}" is no platform`, 'Write os/architecture, such as "linux/amd64".')
  return {
    runtime: table?.choice('runtime', ['auto', 'onnx', 'python']) ?? 'auto',
    base: table?.text('base') ?? 'auto',
    platform,
  }
}

function lastName(table: SettingsTable): string {
  return table.name.slice(table.name.indexOf('.') + 1)
}

/** Why a dataset may not have that path; null when it may. */
export function datasetPathProblem(path: string): string | null {
  return path.startsWith('package:') ? packagePathProblem(path) : pathProblem(path)
}

function packagePathProblem(path: string): string | null {
  const rest = path.slice('package:'.length)
  return /^[A-Za-z_]\w*\//.test(rest) ? pathProblem(rest) : 'it must be package:NAME/PATH'
}

/** Why a path from the settings leaves the project or is not portable; null when it is fine. */
function pathProblem(path: string): string | null {
  if (/\p{Cc}/u.test(path)) return 'it holds a control character'
  if (path.includes('\\')) return 'it holds a backslash'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.startsWith('~'))
    return 'it is not relative to the project'
  if (path.split('/').some((segment) => segment === '..')) return 'it leaves the project'
  return null
}
