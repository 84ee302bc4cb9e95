import { resolve } from 'node:path'
import type { DatasetDiff } from '../../domain/dataset.ts'
import type { JsonValue } from '../../domain/json.ts'
import { type Command, optional, required } from './command.ts'
import { addData } from './data-add-command.ts'
import { describeVersion, wordBytes, wordExpiry, wordStatistics, wordValue } from './describe-version.ts'
import { formatTable, toPlainText } from './format-table.ts'
import { toDatasetDocument, toDatasetVersionDocument } from './to-document.ts'

const version = required('NAME', 'NAME@VERSION, or NAME for its newest version')

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

function wordRow(row: { readonly [column: string]: JsonValue }): string {
  const cells = Object.entries(row).map(([column, value]) => `${column}=${wordValue(value)}`)
  return cells.length > 6 ? `${cells.slice(0, 6).join(' ')} …` : cells.join(' ')
}

export const dataCommands: readonly Command[] = [list, addData, show, diff, restore, exportDataset]
