import type { DatasetColumn, DatasetFile } from '../domain/dataset.ts'
import { digestHex } from '../domain/digest.ts'
import type { JsonValue } from '../domain/json.ts'
import type { StoredVersion } from './dataset-store.ts'
import type { TableProfile } from './table-profile.ts'

type Json = { readonly [key: string]: JsonValue }

/** A version as Croissant 1.1 JSON-LD: its files with their digests, its table as a record set, its terms. */
export function toCroissant(version: StoredVersion, files: readonly DatasetFile[], profile: TableProfile | null): Json {
  const distribution = files.map((file, index) => toFileObject(file, index, profile))
  const fields = profile?.format ? toRecordSet(version.name, files, profile) : null
  return {
    '@context': context as unknown as JsonValue,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: version.name,
    description: describe(version, profile),
    version: `${version.version}.0.0`,
    identifier: version.digest,
    datePublished: version.at.slice(0, 10),
    license: toLicence(version.licence),
    ...(version.origin === null ? {} : { citeAs: version.origin, 'sc:creditText': version.origin }),
    ...(isUrl(version.origin) ? { url: version.origin as string } : { url: `urn:slipway:${version.digest}` }),
    ...(version.contact === null ? {} : { creator: { '@type': 'sc:Organization', name: version.contact } }),
    ...(version.purpose.length > 0 ? { 'rai:dataUseCases': [...version.purpose] } : {}),
    'rai:personalSensitiveInformation': version.personal
      ? 'Holds personal data.'
      : 'Declared to hold no personal data.',
    ...(version.expires === null ? {} : { 'rai:dataReleaseMaintenancePlan': `May be used until ${version.expires}.` }),
    distribution: distribution as unknown as JsonValue,
    ...(fields === null ? {} : { recordSet: [fields] as unknown as JsonValue }),
  }
}

function describe(version: StoredVersion, profile: TableProfile | null): string {
  const size = profile?.rows == null ? '' : `, ${profile.rows} rows of ${profile.schema.length} columns`
  return `Version ${version.version} of ${version.name}: ${version.fileCount} files, ${version.sizeBytes} bytes${size}.`
}

const idOf = (index: number) => `file-${index + 1}`

function toFileObject({ path, digest, sizeBytes }: DatasetFile, index: number, profile: TableProfile | null): Json {
  return {
    '@type': 'cr:FileObject',
    '@id': idOf(index),
    name: path.slice(path.lastIndexOf('/') + 1),
    contentUrl: path.replace(/^package:/, ''),
    contentSize: `${sizeBytes} B`,
    encodingFormat: encodingOf(path, profile),
    sha256: digestHex(digest),
  }
}

function encodingOf(path: string, profile: TableProfile | null): string {
  if (/\.(gz|zst)$/i.test(path)) return path.endsWith('zst') ? 'application/zstd' : 'application/gzip'
  if (profile?.format === 'parquet') return 'application/x-parquet'
  if (profile?.format === 'csv') return /\.(tsv|tab)$/i.test(path) ? 'text/tsv' : 'text/csv'
  if (profile?.format === 'jsonl') return 'application/jsonlines'
  return 'application/octet-stream'
}

/** The columns as they lie in the first file; all files of a table have the same. */
function toRecordSet(name: string, files: readonly DatasetFile[], { schema }: TableProfile): Json | null {
  if (files.length === 0) return null
  const used = new Set<string>()
  return {
    '@type': 'cr:RecordSet',
    '@id': 'rows',
    name: `${name}-rows`,
    field: schema.map((column, index) => toField(column, index, used)) as unknown as JsonValue,
  }
}

function toField(column: DatasetColumn, index: number, used: Set<string>): Json {
  const plain = column.name.replace(/[^\w-]+/g, '_') || `column_${index + 1}`
  const id = used.has(plain) ? `${plain}_${index + 1}` : plain
  used.add(id)
  return {
    '@type': 'cr:Field',
    '@id': `rows/${id}`,
    name: column.name === '' ? id : column.name,
    description: `${column.type}${column.nullable ? ', with missing values' : ''}`,
    dataType: dataTypeOf(column.type),
    source: { fileObject: { '@id': idOf(0) }, extract: { column: column.name } },
  }
}

function dataTypeOf(type: string): string {
  if (/^u?int/.test(type)) return 'sc:Integer'
  if (/^(float|decimal)/.test(type)) return 'sc:Float'
  if (type === 'bool') return 'sc:Boolean'
  if (type === 'date') return 'sc:Date'
  if (type.startsWith('timestamp')) return 'sc:DateTime'
  return 'sc:Text'
}

function toLicence(licence: string | null): string {
  if (licence === null) return 'unstated'
  return /^[A-Za-z0-9.+-]+$/.test(licence) && !licence.startsWith('LicenseRef-')
    ? `https://spdx.org/licenses/${licence}.html`
    : licence
}

function isUrl(text: string | null): boolean {
  return text !== null && /^https?:\/\/\S+$/.test(text)
}

/** As the specification of 1.1 prints it. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataBiases: 'cr:dataBiases',
  dataCollection: 'cr:dataCollection',
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  excludes: 'cr:excludes',
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  personalSensitiveInformation: 'cr:personalSensitiveInformation',
  rai: 'http://mlcommons.org/croissant/RAI/',
  readLines: 'cr:readLines',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
  unArchive: 'cr:unArchive',
  value: 'cr:value',
} as const
