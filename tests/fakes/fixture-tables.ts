import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TablesArea } from '../../core/api/data-area.ts'
import { fail } from '../../core/domain/failure.ts'
import { formatOfTable } from '../../core/domain/table.ts'
import { openTables } from '../builders/table-files.ts'
import { temporaryFolder } from '../builders/temporary-file.ts'
import type { FixtureJobs } from './fixture-jobs.ts'

/** What lies in the fixture project's data folder. */
export const tableFiles: Readonly<Record<string, () => string | Buffer>> = {
  'data/wine.csv': writeWine,
  'data/late-words.csv': () =>
    `id,code\n${Array.from({ length: 60_000 }, (_, i) => `${i},${i}\n`).join('')}60000,none\n`,
  'data/empty.csv': () => 'id,grade,note\n',
  'data/broken.csv': () => Buffer.from('name,grade\ncaf\xe9,1\n', 'latin1'),
}

/** The real reader of tables over real files; only the project around them is made up. */
export function createFixtureTables(jobs: FixtureJobs): { tables: TablesArea; close(): Promise<void> } {
  const folder = temporaryFolder()
  const written = new Map<string, string>()
  const find = (path: string): string => {
    const known = written.get(path)
    if (known !== undefined) return known
    const write = tableFiles[path]
    if (write === undefined) throw fail('tables/missing', { path })
    const file = join(folder, path.replaceAll('/', '-'))
    writeFileSync(file, write())
    written.set(path, file)
    return file
  }
  const tables = openTables({
    locate: async (source) => {
      const path = source.kind === 'file' ? source.path : 'data/wine.csv'
      const format = formatOfTable(path)
      if (format === null) throw fail('tables/formatUnknown', { path })
      return { file: find(path), path, format }
    },
  })
  return {
    tables: {
      ...tables,
      export: (request, path) =>
        jobs.start('export', `Export ${path}`, async () => {
          const { rows } = await tables.export(request, async () => undefined, new AbortController().signal)
          return { path, rows }
        }),
    },
    close: tables.close,
  }
}

/** Twelve thousand wines, told by arithmetic: the same ones every time. */
function writeWine(): string {
  const regions = ['Mosel', 'Rheingau', 'Pfalz', 'Baden', 'Nahe', 'Ahr', 'Saale-Unstrut', 'Württemberg']
  const notes = [
    'green apple, slate',
    'ripe peach; honey',
    'smoke',
    '"old vines", cherry',
    'lime zest\nlong finish',
    '',
  ]
  const lines = Array.from({ length: 12_000 }, (_, i) => {
    const noise = (i * 7919) % 1009
    const alcohol = (9 + (noise % 600) / 100).toFixed(2)
    const note = notes[noise % notes.length] as string
    const fields = [
      i + 1,
      regions[(noise * noise) % regions.length],
      alcohol,
      noise % 11 === 0 ? '' : (2.8 + (noise % 120) / 100).toFixed(2),
      (noise % 300) / 10,
      `20${10 + (noise % 14)}-0${1 + (noise % 9)}-${10 + (noise % 19)}`,
      noise % 3 === 0 ? 'true' : 'false',
      note === '' ? '' : `"${note.replaceAll('"', '""')}"`,
      3 + ((noise * 3) % 7),
    ]
    return `${fields.join(',')}\n`
  })
  return `id,region,alcohol,pH,residual_sugar,harvested,oaked,note,grade\n${lines.join('')}`
}
