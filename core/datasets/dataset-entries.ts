import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../database/database.ts'
import type { DatasetTerms, UndeclaredFile } from '../domain/dataset.ts'
import { coversPath } from '../domain/dataset-path.ts'
import type { ExpectedSchema } from '../domain/expected-schema.ts'
import { fail } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Dataset } from '../domain/project.ts'
import { formatOfTable } from '../domain/table.ts'
import type { OpenedProject, SettingChange } from '../project/opened-project.ts'
import { lastReadings } from './use-queries.ts'

export type Declaration = {
  readonly name: string
  /** Needed for a new entry. */
  readonly path?: string | undefined
  /** A term that is null is taken away; one that is absent stays. */
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | null | undefined } | undefined
  /** Columns that are expected from now on; null expects nothing, absent changes nothing. */
  readonly expectedSchema?: ExpectedSchema | null | undefined
}

export type DatasetEntries = {
  /** Refuses what `declare` would refuse; writes nothing. */
  check(declaration: Declaration): Promise<void>
  /** Writes the entry in slipway.toml whole or not at all; makes no version. */
  declare(declaration: Declaration): Promise<Dataset>
  /** Files that steps were seen to read when they were executed last, and that no entry covers; by path. */
  undeclared(): Promise<readonly UndeclaredFile[]>
}

export function createDatasetEntries(
  project: Pick<
    OpenedProject,
    'get' | 'datasets' | 'pipeline' | 'previewSettings' | 'changeAllSettings' | 'assertWritable'
  >,
  database: Database,
): DatasetEntries {
  const entryOf = async (name: string) => (await project.datasets()).find((dataset) => dataset.name === name)

  function sizeOf(path: string): number | null {
    if (path.startsWith('package:')) return null
    return statSync(join(project.get().folder, path), { throwIfNoEntry: false })?.size ?? null
  }

  async function changesFor({
    name,
    path,
    terms = {},
    expectedSchema,
  }: Declaration): Promise<readonly SettingChange[]> {
    project.assertWritable()
    const entry = await entryOf(name)
    if (entry === undefined && path === undefined) throw fail('data/pathNeeded', { name })
    if (entry !== undefined && path !== undefined && path !== entry.path)
      throw fail('data/pathDiffers', { name, declared: entry.path, given: path })
    const at = (key: string, value: JsonValue) => ({ path: ['datasets', name, key], value })
    return [
      ...(entry === undefined ? [at('path', path as string)] : []),
      ...Object.entries(terms).flatMap(([key, value]) => (value === undefined ? [] : [at(key, toWritten(value))])),
      ...(expectedSchema === undefined ? [] : schemaChanges(name, entry?.expectedSchema, expectedSchema ?? {})),
    ]
  }

  return {
    check: async (declaration) => void project.previewSettings(await changesFor(declaration)),

    async declare(declaration) {
      const changes = await changesFor(declaration)
      if (changes.length > 0) await project.changeAllSettings(changes)
      return (await entryOf(declaration.name)) as Dataset
    },

    async undeclared() {
      const [datasets, { steps }] = await Promise.all([project.datasets(), project.pipeline({})])
      const readings = lastReadings(
        database,
        steps.map(({ name }) => name),
      )
      const written = new Set(readings.flatMap(({ observed }) => observed.filesWritten.map(({ path }) => path)))
      const found = new Map<string, { steps: string[]; runId: string; sizeBytes: number | null }>()
      for (const { step, runId, observed } of readings) {
        for (const { path, digest, unseen, sizeBytes } of observed.filesRead) {
          if (digest === null || unseen || written.has(path) || !isData(path)) continue
          if (datasets.some((dataset) => coversPath(dataset.path, path))) continue
          const known = found.get(path)
          if (known) known.steps.push(step)
          else found.set(path, { steps: [step], runId, sizeBytes: sizeOf(path) ?? sizeBytes ?? null })
        }
      }
      return [...found].map(([path, file]) => ({ path, ...file })).sort((a, b) => (a.path < b.path ? -1 : 1))
    },
  }
}

/** Column by column where some are written already, so that comments and the form of the table stay. */
function schemaChanges(
  name: string,
  before: ExpectedSchema | undefined,
  after: ExpectedSchema,
): readonly SettingChange[] {
  const path = ['datasets', name, 'schema']
  if (before === undefined) return Object.keys(after).length === 0 ? [] : [{ path, value: { ...after } }]
  const gone = Object.keys(before).filter((column) => !Object.hasOwn(after, column))
  const set = Object.entries(after).filter(([column, type]) => before[column] !== type)
  return [
    ...gone.map((column) => ({ path: [...path, column], value: null })),
    ...set.map(([column, type]) => ({ path: [...path, column], value: type })),
  ]
}

/** Packages read many files of their own, fonts and settings among them: of theirs only tables are data. */
function isData(path: string): boolean {
  return !path.startsWith('package:') || formatOfTable(path) !== null
}

function toWritten(value: string | boolean | readonly string[] | null): JsonValue {
  if (value === '' || value === false) return null
  if (!Array.isArray(value)) return value as JsonValue
  return value.length > 1 ? [...value] : (value[0] ?? null)
}
