import type { RecordingSettings } from '../domain/project.ts'
import { parseSize } from '../domain/quantity.ts'
import {
  currentFormat,
  defaultRecording,
  type GateSettings,
  type ImageSettings,
  type ProjectSettings,
} from './project-settings.ts'
import { datasetKeys, readDataset } from './read-dataset-settings.ts'
import { readEnvironment } from './read-environment-settings.ts'
import { readStep, stepKeys } from './read-step-settings.ts'
import { pathProblem } from './setting-paths.ts'
import { lastName, readQuantity, readSettingsTable, refuse, type SettingsTable } from './settings-reader.ts'
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
const gateKeys = ['metric', 'min', 'max', 'severity']
const imageKeys = ['runtime', 'base', 'platform']
const recordingKeys = ['keepFile', 'keepRun', 'keepLog']

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

function readRecording(top: SettingsTable): RecordingSettings {
  const table = top.table('recording', recordingKeys)
  const size = (key: string) => (table ? readQuantity(table, key, parseSize, '"1 GB" or "64 MB"') : null)
  return {
    keepFileBytes: size('keepFile') ?? defaultRecording.keepFileBytes,
    keepRunBytes: size('keepRun') ?? defaultRecording.keepRunBytes,
    keepLogBytes: size('keepLog') ?? defaultRecording.keepLogBytes,
  }
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
