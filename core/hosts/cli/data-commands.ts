import { basename, resolve } from 'node:path'
import type { ColumnStatistics, DatasetDiff, DatasetEntry, DatasetVersionDetail } from '../../domain/dataset.ts'
import { fail } from '../../domain/failure.ts'
import type { JsonValue } from '../../domain/json.ts'
import { type Call, type Command, type Option, optional, required } from './command.ts'
import { formatTable, toPlainText } from './format-table.ts'
import { toDatasetDocument, toDatasetVersionDocument } from './to-document.ts'

/** A version may have very many files. */
type DescribedVersion = Omit<DatasetVersionDetail, 'files'>

const version = required('NAME', 'NAME@VERSION, or NAME for its newest version')

export const termOptions: readonly Option[] = [
  { name: 'origin', value: 'TEXT', description: 'where it came from' },
  { name: 'licence', value: 'SPDX', description: 'its licence, such as CC-BY-4.0' },
  { name: 'purpose', value: 'TEXT', many: true, description: 'what it may be used for' },
  { name: 'expires', value: 'DATE', description: 'until when, such as 2027-06-30' },
  { name: 'personal', description: 'it holds personal data' },
  { name: 'contact', value: 'TEXT', description: 'who answers for it' },
]

const list: Command = {
  words: ['data'],
  summary: 'List the datasets and how their files stand to the newest version',
  positionals: [],
  options: [],
  examples: ['slipway data', 'slipway data --json'],
  async run(_, session) {
    const datasets = await (await session.project()).data.list({})
    return {
      json: { datasets: datasets.map(toDatasetDocument) },
      text: formatTable(
        ['DATASET', 'VERSION', 'STATE', 'ROWS', 'COLUMNS', 'SIZE', 'LICENCE', 'EXPIRES', 'PATH'],
        datasets.map((one) => [
          one.name,
          one.newest === null ? '' : String(one.newest.version),
          one.state,
          String(one.newest?.rows ?? ''),
          String(one.newest?.columns ?? ''),
          one.newest === null ? '' : wordBytes(one.newest.sizeBytes),
          one.licence ?? 'unstated',
          wordExpiry(one),
          one.path,
        ]),
        'No dataset is declared. Add one with "slipway data add NAME PATH".',
      ),
    }
  },
}

const add: Command = {
  words: ['data', 'add'],
  summary: 'Make a version of a dataset, and its entry in slipway.toml when it is new',
  positionals: [required('NAME', 'the dataset'), optional('PATH', 'a file, folder or glob in the project')],
  options: [
    ...termOptions,
    { name: 'from', value: 'FILE', description: 'copy this file into the project first, to PATH (default: into data)' },
    { name: 'no-keep', description: 'record digests, and keep no bytes' },
    { name: 'link', description: 'make the files read-only and link them instead of copying' },
  ],
  examples: ['slipway data add wine data/wine.csv --licence CC-BY-4.0', 'slipway data add images "data/images/*.png"'],
  async run(call, session) {
    const name = call.arg('NAME') as string
    const from = call.option('from')
    const path = call.arg('PATH') ?? (from === null ? null : `data/${basename(from)}`)
    if (from !== null) {
      const source = resolve(from)
      await session.complete((api) => api.data.bring({ from: source, to: path as string }))
    }
    const job = await session.complete((api) =>
      api.data.add({
        name,
        ...(path === null ? {} : { path }),
        keep: !call.has('no-keep'),
        link: call.has('link'),
        terms: toTerms(call),
      }),
    )
    const result = job.result as unknown as {
      dataset: DescribedVersion
      isNew: boolean
      storedBytes: number
    }
    const { dataset, isNew, storedBytes } = result
    const words = isNew ? 'is' : 'is still'
    return {
      async json() {
        const detail = await (await session.project()).data.show({ dataset: `${name}@${dataset.version}` })
        return { dataset: toDatasetVersionDocument(detail), isNew, storedBytes }
      },
      text: `${name} ${words} version ${dataset.version} (${wordBytes(storedBytes)} stored).\n\n${describeVersion(dataset)}`,
    }
  },
}

const show: Command = {
  words: ['data', 'show'],
  summary: 'One version: files, schema, statistics, terms',
  positionals: [version],
  options: [],
  examples: ['slipway data show wine', 'slipway data show wine@1 --json'],
  async run(call, session) {
    const project = await session.project()
    const dataset = await project.data.show({ dataset: call.arg('NAME') as string })
    return { json: { dataset: toDatasetVersionDocument(dataset) }, text: describeVersion(dataset) }
  },
}

const diff: Command = {
  words: ['data', 'diff'],
  summary: 'What differs between two states: schema, rows, statistics, files',
  positionals: [
    required('NAME', 'the dataset'),
    optional('A', 'a version, a digest, "newest" (default) or "now"'),
    optional('B', 'the later state (default "now": the files on disk)'),
  ],
  options: [{ name: 'key', value: 'COLUMN', many: true, description: 'match rows by this column' }],
  examples: ['slipway data diff wine', 'slipway data diff wine 1 2 --key id'],
  async run(call, session) {
    const [from, to, key] = [call.arg('A'), call.arg('B'), call.options('key')]
    const job = await session.complete((api) =>
      api.data.diff({
        name: call.arg('NAME') as string,
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
        ...(key.length === 0 ? {} : { key: [...key] }),
      }),
    )
    const found = job.result as unknown as DatasetDiff
    return { json: { diff: found }, text: describeDiff(found) }
  },
}

const restore: Command = {
  words: ['data', 'restore'],
  summary: 'Put the files of a version back; edited ones go to the trash first',
  positionals: [version],
  options: [{ name: 'to', value: 'FOLDER', description: 'into that folder instead of the project' }],
  examples: ['slipway data restore wine@1', 'slipway data restore wine@1 --to /tmp/wine-1'],
  async run(call, session) {
    const dataset = call.arg('NAME') as string
    const to = call.option('to')
    const job = await session.complete((api) =>
      api.data.restore({ dataset, ...(to === null ? {} : { to: resolve(to) }) }),
    )
    const result = job.result as unknown as { written: number; unchanged: number; trashed: string[]; folder: string }
    const trashed = result.trashed.map(
      (path) => `${toPlainText(path)} was edited: what it held is in .slipway/trash/files.\n`,
    )
    return {
      json: result,
      text: `${result.written} written, ${result.unchanged} unchanged in ${result.folder}.\n${trashed.join('')}`,
    }
  },
}

const exportDataset: Command = {
  words: ['data', 'export'],
  summary: 'Describe a version as a Croissant 1.1 document',
  positionals: [version, required('FILE', 'where to write it')],
  options: [{ name: 'format', value: 'FORMAT', choices: ['croissant'], description: 'the format (croissant)' }],
  examples: ['slipway data export wine wine.json', 'slipway data export wine@1 --format croissant wine-1.json'],
  async run(call, session) {
    const file = resolve(call.arg('FILE') as string)
    const job = await session.complete((api) =>
      api.data.export({ dataset: call.arg('NAME') as string, format: 'croissant', file }),
    )
    return { json: job.result, text: `Wrote ${file}.\n` }
  },
}

export function toTerms(call: Call) {
  const expires = call.option('expires')
  if (expires !== null && !/^\d{4}-\d\d-\d\d$/.test(expires))
    throw fail('host/usage', { problem: `"${expires}" is no date.`, hint: 'Write --expires 2027-06-30.' })
  const optionOf = (name: 'origin' | 'licence' | 'contact') => {
    const value = call.option(name)
    return value === null ? {} : { [name]: value }
  }
  const purpose = call.options('purpose')
  return {
    ...optionOf('origin'),
    ...optionOf('licence'),
    ...optionOf('contact'),
    ...(purpose.length === 0 ? {} : { purpose: [...purpose] }),
    ...(expires === null ? {} : { expires }),
    ...(call.has('personal') ? { personal: true } : {}),
  }
}

function describeVersion(dataset: DescribedVersion): string {
  const by = dataset.runId === null ? `added by ${dataset.by}` : `read by run ${dataset.runId}`
  const rows = dataset.rows === null ? '' : `, ${dataset.rows} rows of ${dataset.columns} columns`
  return [
    `${dataset.name}@${dataset.version}  ${dataset.digest}\n`,
    `files     ${dataset.fileCount} at ${toPlainText(dataset.path)}, ${wordBytes(dataset.sizeBytes)}${rows}\n`,
    `kept      ${dataset.keptCount} of ${dataset.fileCount}\n`,
    `since     ${dataset.at}, ${by}\n`,
    `licence   ${dataset.licence ?? 'unstated'}\n`,
    `origin    ${dataset.origin ?? 'unstated'}\n`,
    `purpose   ${dataset.purpose.join(', ') || 'unstated'}\n`,
    `expires   ${wordExpiry(dataset) || 'never'}\n`,
    `personal  ${dataset.personal ? 'yes' : 'no'}\n`,
    dataset.contact === null ? '' : `contact   ${dataset.contact}\n`,
    dataset.note === null ? '' : `note      ${dataset.note}\n`,
    dataset.schema.length === 0
      ? ''
      : `\n${formatTable(
          ['COLUMN', 'TYPE', 'MISSING', 'DIFFERENT', 'MIN', 'MAX', 'MEAN'],
          dataset.schema.map(({ name, type, statistics }) => [name, type, ...wordStatistics(statistics)]),
          '',
        )}`,
  ].join('')
}

function describeDiff(found: DatasetDiff): string {
  const word = (side: DatasetDiff['from']) =>
    `${side.version === null ? 'now' : `version ${side.version}`} (${side.digest.slice(7, 19)}${side.rows === null ? '' : `, ${side.rows} rows`})`
  const rows = found.examples.map(({ kind, key, from, to }) => [
    kind,
    key === null ? '' : key.map(wordValue).join(', '),
    from === null ? '' : wordRow(from),
    to === null ? '' : wordRow(to),
  ])
  return [
    `${found.name}: ${word(found.from)} → ${word(found.to)}\n${found.summary}\n`,
    found.note === null ? '' : `${found.note}\n`,
    section(
      ['FILE', ''],
      found.files.first.map(({ kind, path }) => [path, kind]),
    ),
    section(
      ['COLUMN', 'CHANGE', 'FROM', 'TO'],
      found.schema.map(({ column, kind, from, to }) => [column, kind, from ?? '', to ?? '']),
    ),
    section(
      ['COLUMN', 'MISSING', 'DIFFERENT', 'MIN', 'MAX', 'MEAN'],
      found.statistics.map(({ column, from, to }) => {
        const [before, after] = [wordStatistics(from), wordStatistics(to)]
        return [
          column,
          ...after.map((now, index) => (before[index] === now ? now : `${before[index] || '–'} → ${now || '–'}`)),
        ]
      }),
    ),
    section(['ROW', 'KEY', 'FROM', 'TO'], rows),
  ].join('')
}

function section(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${formatTable(headings, rows, '')}`
}

function wordStatistics(statistics: ColumnStatistics | null): readonly string[] {
  if (statistics === null) return ['', '', '', '', '']
  const { nulls, distinct, distinctIsExact, min, max, mean } = statistics
  const different = distinct === null ? '' : `${distinctIsExact ? '' : '~'}${distinct}`
  return [
    String(nulls),
    different,
    wordValue(min),
    wordValue(max),
    mean === null ? '' : String(Number(mean.toPrecision(6))),
  ]
}

function wordValue(value: JsonValue): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function wordRow(row: { readonly [column: string]: JsonValue }): string {
  const cells = Object.entries(row).map(([column, value]) => `${column}=${wordValue(value)}`)
  return cells.length > 6 ? `${cells.slice(0, 6).join(' ')} …` : cells.join(' ')
}

function wordExpiry({ expires, expired }: Pick<DatasetEntry, 'expires' | 'expired'>): string {
  return expires === null ? '' : expired ? `${expires} (expired)` : expires
}

export function wordBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

export const dataCommands: readonly Command[] = [list, add, show, diff, restore, exportDataset]
