import type { ColumnStatistics, DatasetEntry, DatasetVersionDetail } from '../../domain/dataset.ts'
import type { JsonValue } from '../../domain/json.ts'
import { formatTable, toPlainText } from './format-table.ts'

/** A version may have very many files. */
export type DescribedVersion = Omit<DatasetVersionDetail, 'files'>

export function describeVersion(dataset: DescribedVersion): string {
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

export function wordStatistics(statistics: ColumnStatistics | null): readonly string[] {
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

export function wordValue(value: JsonValue): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

export function wordExpiry({ expires, expired }: Pick<DatasetEntry, 'expires' | 'expired'>): string {
  return expires === null ? '' : expired ? `${expires} (expired)` : expires
}

export function wordBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}
