import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '../../../core/database/database.ts'
import { defaultMigrationsFolder } from '../../../core/database/migrations.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { mountMemory } from '../../builders/mounted.ts'

const released = readdirSync(defaultMigrationsFolder()).sort()
let folder: string
let file: string
const opened: Database[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-database-'))
  file = join(folder, 'slipway.db')
})
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(migrationsFolder?: string, at = folder): Database {
  const database = openProjectDatabase(at, { migrationsFolder })
  opened.push(database)
  return database
}

/** Opens, does it, closes: as another start of Slipway would. */
function once<Result>(work: (database: Database) => Result, migrationsFolder?: string): Result {
  const database = openProjectDatabase(folder, { migrationsFolder })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const addKey = (database: Database, name: string) =>
  database.prepare('INSERT INTO metric_key (name) VALUES (?)').run([name])
const keysOf = (database: Database) =>
  database
    .prepare<{ name: string }>('SELECT name FROM metric_key ORDER BY number')
    .all()
    .map((row) => row.name)

/** The released migrations and one more, as a newer Slipway has it. */
function newerMigrations(sql: string): string {
  const newer = join(folder, 'newer-migrations')
  mkdirSync(newer, { recursive: true })
  for (const name of readdirSync(defaultMigrationsFolder()))
    copyFileSync(join(defaultMigrationsFolder(), name), join(newer, name))
  const number = String(readdirSync(newer).length + 1).padStart(4, '0')
  writeFileSync(join(newer, `${number}-newer.sql`), sql)
  return newer
}

describe('a new project', () => {
  it('gets a database that keeps what it acknowledged through a power cut, for its user only', () => {
    const database = open()
    const pragma = (name: string) =>
      Object.values(database.prepare<Record<string, unknown>>(`PRAGMA ${name}`).get() ?? {})[0]
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'mmap_size', 'application_id'].map(pragma)).toEqual([
      'wal',
      2,
      1,
      0,
      0x534c4950,
    ])
    expect(database.readOnly).toBe(null)
    expect(database.schemaVersion).toBe(readdirSync(defaultMigrationsFolder()).length)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).filter((name) => name.includes('.new-'))).toEqual([])
  })

  it('keeps its records from one start to the next and leaves one file when closed, and a note that it is sound', () => {
    once((database) => addKey(database, 'kept'))
    expect(readdirSync(folder)).toEqual(['slipway.db', 'slipway.db-checked.json'])
    expect(once(keysOf)).toEqual(['kept'])
  })
})

describe('a transaction', () => {
  it('is whole or absent, and an inner one that fails undoes only itself', () => {
    const database = open()
    const failing = () =>
      database.transaction(() => {
        addKey(database, 'never')
        throw new Error('trouble')
      })
    expect(failing).toThrow('trouble')
    database.transaction(() => {
      addKey(database, 'outer')
      expect(failing).toThrow('trouble')
      addKey(database, 'after')
    })
    expect(keysOf(database)).toEqual(['outer', 'after'])
    expect(() => database.transaction(async () => 1)).toThrow('cannot wait')
    expect(keysOf(database)).toEqual(['outer', 'after'])
  })

  it('f05-refuses with a typed failure when the disk is full, keeps what was there and goes on when space returns', () => {
    const database = open()
    addKey(database, 'before')
    database.prepare('PRAGMA max_page_count = 1').get()
    const flood = () =>
      database.transaction(() => {
        for (let i = 0; i < 20_000; i++) addKey(database, `flood ${i} ${'x'.repeat(200)}`)
      })
    expect(flood).toThrow(expect.objectContaining({ code: 'database/full' }))
    expect(keysOf(database)).toEqual(['before'])
    database.prepare('PRAGMA max_page_count = 1000000').get()
    addKey(database, 'after')
    expect(keysOf(database)).toEqual(['before', 'after'])
    expect(database.findDamage()).toEqual([])
  })
})

describe('f09-what stands in its place is refused by name and left as it is', () => {
  it.each([
    ['an empty file', () => writeFileSync(file, ''), 'database/notADatabase', 'an empty file'],
    ['a folder', () => mkdirSync(file), 'database/notADatabase', 'a folder'],
    [
      'a text file',
      () => writeFileSync(file, 'Dear diary, '.repeat(500)),
      'database/notADatabase',
      'a file of another kind',
    ],
    [
      "another application's database",
      () => makeForeign(),
      'database/notADatabase',
      'a database of another application',
    ],
    ['a named pipe', () => execFileSync('mkfifo', [file]), 'database/notADatabase', 'no regular file'],
  ])('%s', (_, make, code, what) => {
    make()
    const before = statSync(file).isFile() ? readFileSync(file) : null
    expect(() => open()).toThrow(expect.objectContaining({ code, details: { file, what } }))
    if (before) expect(readFileSync(file).equals(before)).toBe(true)
    expect(statSync(file).isFile()).toBe(before !== null)
  })

  it('nothing at all, while the store beside it holds recorded bytes', () => {
    const blobs = join(folder, 'store/blobs/sha256')
    mkdirSync(blobs, { recursive: true })
    writeFileSync(join(blobs, 'a'.repeat(64)), 'recorded')
    expect(() => open()).toThrow(expect.objectContaining({ code: 'database/missing', details: { file, blobs: 1 } }))
    expect(existsSync(file)).toBe(false)
  })

  it.each([
    ['in its header', 30, 60],
    ['in its schema', 100, 4_000],
    ['in its tables', 40_960, 8_192],
  ])('a database damaged %s', (_, position, length) => {
    once((database) =>
      database.transaction(() => {
        for (let i = 0; i < 500; i++) addKey(database, `key ${i} ${'x'.repeat(100)}`)
      }),
    )
    const bytes = readFileSync(file)
    bytes.fill(0xa5, position, position + length)
    writeFileSync(file, bytes)
    expect(() => open()).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^database\/(hurt|notADatabase)$/) }),
    )
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  it('a database that was closed well, once it looks another way or was looked through a day ago; until then it is believed', () => {
    once((database) => addKey(database, 'key'))
    const note = `${file}-checked.json`
    const noted = JSON.parse(readFileSync(note, 'utf8'))
    expect(Math.abs(Date.now() - noted.checkedAt)).toBeLessThan(60_000)
    expect(once(keysOf)).toEqual(['key'])
    expect(JSON.parse(readFileSync(note, 'utf8')).checkedAt).toBe(noted.checkedAt)
    const bytes = readFileSync(file)
    bytes.fill(0xa5, bytes.length - 4_096)
    writeFileSync(file, bytes)
    const hurt = expect.objectContaining({ code: 'database/hurt' })
    expect(() => open()).toThrow(hurt)
    // As a disk would hurt it, which shows nowhere.
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    const forge = (checkedAt: number) =>
      writeFileSync(note, JSON.stringify({ stamp: [dev, ino, size, mtimeNs, ctimeNs].join(' '), checkedAt }))
    for (const checkedAt of [Date.now() - 25 * 3_600_000, Date.now() + 3_600_000]) {
      forge(checkedAt)
      expect(() => open()).toThrow(hurt)
    }
    forge(Date.now())
    writeFileSync(`${file}-wal`, '')
    expect(() => open()).toThrow(hurt)
    rmSync(`${file}-wal`, { force: true })
    forge(Date.now())
    expect(open().readOnly).toBe(null)
  })

  function makeForeign(): void {
    const other = `import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE notes (text)'); c.commit()`
    execFileSync('python3', ['-c', other, file])
  }
})

describe('f09-a write-ahead log', () => {
  it('that was not folded in yet is read at the next start, whoever was killed', () => {
    const script = `import { openProjectDatabase } from ${JSON.stringify(join(import.meta.dirname, '../../../core/database/open-database.ts'))}
      openProjectDatabase(process.argv[1]).prepare('INSERT INTO metric_key (name) VALUES (?)').run(['acknowledged'])
      process.kill(process.pid, 'SIGKILL')`
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script, folder], { stdio: 'ignore' }),
    ).toThrow()
    expect(existsSync(`${file}-wal`)).toBe(true)
    rmSync(`${file}-shm`)
    expect(once(keysOf)).toEqual(['acknowledged'])
  })

  it('that was deleted takes only what had not been folded in; the file stays sound', () => {
    once((database) => addKey(database, 'folded in'))
    const database = open()
    addKey(database, 'in the log')
    const copy = mkdtempSync(join(folder, 'copy-'))
    copyFileSync(file, join(copy, 'slipway.db'))
    const restored = open(undefined, copy)
    expect([keysOf(restored), restored.findDamage()]).toEqual([['folded in'], []])
  })
})

describe('migrating', () => {
  const addColumn = 'ALTER TABLE metric_key ADD COLUMN unit TEXT;'

  it('brings an older database forward after a verified backup of it', () => {
    once((database) => addKey(database, 'old'))
    const newer = newerMigrations(addColumn)
    const units = once((database) => {
      expect(database.schemaVersion).toBe(readdirSync(newer).length)
      return database.prepare('SELECT name, unit FROM metric_key').all()
    }, newer)
    expect(units).toEqual([{ name: 'old', unit: null }])
    const [backup, ...others] = readdirSync(join(folder, 'backups'))
    expect(others).toEqual([])
    const restored = mkdtempSync(join(folder, 'restored-'))
    copyFileSync(join(folder, 'backups', backup as string), join(restored, 'slipway.db'))
    expect(keysOf(open(undefined, restored))).toEqual(['old'])
  })

  it('makes no backup when there is nothing to migrate', () => {
    once((database) => addKey(database, 'x'))
    once((database) => addKey(database, 'y'))
    expect(existsSync(join(folder, 'backups'))).toBe(false)
  })

  it('f10-leaves the old database whole when a migration fails half-way', () => {
    once((database) => addKey(database, 'old'))
    const newer = newerMigrations(`${addColumn} DELETE FROM metric_key; INSERT INTO no_such_table VALUES (1);`)
    expect(() => open(newer)).toThrow(expect.objectContaining({ code: 'database/migrationFailed' }))
    expect(once(keysOf)).toEqual(['old'])
  })

  it('refuses a migration that leaves rows referring to nothing', () => {
    once((database) => {
      addKey(database, 'old')
      database.prepare("INSERT INTO run (id, state, started_at) VALUES ('r', 'completed', 't')").run()
      database.prepare("INSERT INTO metric_latest (key, run, value, at) VALUES (1, 1, 0.5, 't')").run()
    })
    const newer = newerMigrations('DELETE FROM metric_key;')
    expect(() => open(newer)).toThrow(expect.objectContaining({ code: 'database/migrationFailed' }))
    expect(once((database) => database.findDamage())).toEqual([])
  })

  it('f31-opens what a newer Slipway made for review only, and says so', () => {
    const newer = newerMigrations(addColumn)
    once((database) => addKey(database, 'from the future'), newer)
    const before = readFileSync(file)
    const database = open()
    expect(database.readOnly).toMatchObject({
      kind: 'newerSchema',
      found: database.schemaVersion,
      known: database.schemaVersion - 1,
    })
    expect(keysOf(database)).toEqual(['from the future'])
    expect(() => addKey(database, 'x')).toThrow(expect.objectContaining({ code: 'database/readOnly' }))
    expect(() => database.transaction(() => 1)).toThrow(expect.objectContaining({ code: 'database/readOnly' }))
    database.close()
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('refuses a folder of migrations with a gap', () => {
    const gap = newerMigrations(addColumn)
    writeFileSync(join(gap, '0099-late.sql'), 'SELECT 1;')
    expect(() => open(gap)).toThrow('out of sequence')
  })
})

describe.skipIf(process.getuid?.() !== 0)('f07-a folder that takes no writes', () => {
  /** A real read-only disk: the one thing that also holds for root. */
  function mountReadOnly(fill: (at: string) => void): { readonly at: string; unmount(): void } {
    const at = join(folder, 'disk')
    mkdirSync(at)
    const { remount, unmount } = mountMemory(at, 'size=8m')
    fill(at)
    remount('ro')
    return { at, unmount }
  }

  it.each([
    ['closed properly', false],
    ['cut off with a write-ahead log', true],
  ])('opens for review a database that was %s', (_, withLog) => {
    const source = openProjectDatabase(folder)
    addKey(source, 'recorded')
    if (!withLog) source.close()
    const { at, unmount } = mountReadOnly((disk) => {
      for (const name of ['slipway.db', ...(withLog ? ['slipway.db-wal'] : [])])
        copyFileSync(join(folder, name), join(disk, name))
    })
    source.close()
    // A place of its own for copies: other tests review databases at the same time.
    const copies = mkdtempSync(join(tmpdir(), 'copies-'))
    vi.stubEnv('TMPDIR', copies)
    try {
      const database = openProjectDatabase(at)
      expect(database.readOnly).toMatchObject({ kind: 'folder' })
      expect(readdirSync(copies)).toHaveLength(1)
      expect(keysOf(database)).toEqual(['recorded'])
      expect(() => addKey(database, 'x')).toThrow(expect.objectContaining({ code: 'database/readOnly' }))
      database.close()
    } finally {
      vi.unstubAllEnvs()
      unmount()
    }
    expect(readdirSync(copies)).toEqual([])
    rmSync(copies, { recursive: true })
  })

  it.each(released.slice(0, -1).map((name, index) => [name, index + 1] as const))(
    'brings a copy of a database that ends with %s forward, and leaves the disk as it is until it can be written',
    (_, version) => {
      const older = join(folder, 'older-migrations')
      mkdirSync(older)
      for (const name of released.slice(0, version))
        copyFileSync(join(defaultMigrationsFolder(), name), join(older, name))
      once((database) => addKey(database, 'recorded'), older)
      const { at, unmount } = mountReadOnly((disk) => copyFileSync(file, join(disk, 'slipway.db')))
      const before = readFileSync(file)
      try {
        const database = openProjectDatabase(at)
        expect(database.readOnly).toEqual({ kind: 'folder', message: 'its folder lies on a read-only disk.' })
        expect(database.schemaVersion).toBe(released.length)
        expect([keysOf(database), database.findDamage()]).toEqual([['recorded'], []])
        expect(() => addKey(database, 'x')).toThrow(expect.objectContaining({ code: 'database/readOnly' }))
        database.close()
        expect([readdirSync(at), readFileSync(join(at, 'slipway.db')).equals(before)]).toEqual([['slipway.db'], true])
      } finally {
        unmount()
      }
      // The same file where it can be written is brought forward itself, after a backup.
      const database = open()
      expect([database.readOnly, keysOf(database)]).toEqual([null, ['recorded']])
      expect(readdirSync(join(folder, 'backups')).join(' ')).toContain(`slipway-v${version}-`)
    },
  )

  it('opens empty when nothing was ever recorded', () => {
    const { at, unmount } = mountReadOnly(() => undefined)
    try {
      const database = openProjectDatabase(at)
      expect([database.readOnly?.kind, keysOf(database)]).toEqual(['folder', []])
      database.close()
    } finally {
      unmount()
    }
  })
})
