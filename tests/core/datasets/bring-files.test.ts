import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BringFiles, createBringFiles } from '../../../core/datasets/bring-files.ts'
import { createProject } from '../../../core/project/open-project.ts'
import type { OpenedProject } from '../../../core/project/opened-project.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { mountMemory } from '../../builders/mounted.ts'

let work: string
let folder: string
let project: OpenedProject
let files: BringFiles
let call: { readonly signal: AbortSignal; readonly report: (progress: { done?: number | undefined }) => void }

beforeEach(async () => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'bring-files-')))
  folder = writeBlankProject(join(work, 'wine'), 'from slipway import step\n')
  project = await createProject({ folder, homeFolder: join(work, 'home') })
  files = createBringFiles(project)
  call = { signal: new AbortController().signal, report: () => undefined }
})
afterEach(async () => {
  await files.closeUploads()
  await project.close()
  rmSync(work, { recursive: true, force: true })
})

const dataFolder = () => (existsSync(join(folder, 'data')) ? readdirSync(join(folder, 'data')) : [])
const bytesOf = (size: number) => Buffer.alloc(size, 'grapes and more ')

describe('a file that is brought from elsewhere on this computer', () => {
  it('is copied whole to the place that was named, and the original stays', async () => {
    const from = join(work, 'grapes.csv')
    writeFileSync(from, bytesOf(3_500_000))
    const seen: number[] = []
    const report = ({ done }: { done?: number | undefined }) => void seen.push(done ?? -1)
    expect(await files.bring([from], 'data/new/grapes.csv', { ...call, report })).toEqual({
      path: 'data/new/grapes.csv',
      sizeBytes: 3_500_000,
    })
    expect(readFileSync(join(folder, 'data/new/grapes.csv')).equals(bytesOf(3_500_000))).toBe(true)
    expect(readFileSync(from).length).toBe(3_500_000)
    expect(readdirSync(join(folder, 'data/new'))).toEqual(['grapes.csv'])
    expect(seen.at(-1)).toBe(3_500_000)
  })

  it('takes the place of no other file', async () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data/grapes.csv'), 'mine')
    writeFileSync(join(work, 'grapes.csv'), 'theirs')
    await expect(files.bring([join(work, 'grapes.csv')], 'data/grapes.csv', call)).rejects.toMatchObject({
      code: 'data/outExists',
    })
    expect(readFileSync(join(folder, 'data/grapes.csv'), 'utf8')).toBe('mine')
    expect(dataFolder()).toEqual(['grapes.csv'])
  })

  it.each(['../out.csv', '/etc/out.csv', '.slipway/slipway.db', 'data/', 'a\\b.csv', 'con.csv'])(
    'is put nowhere but in the project: %s is refused',
    async (to) => {
      writeFileSync(join(work, 'grapes.csv'), 'x')
      const refused = { code: 'project/pathRefused' }
      await expect(files.bring([join(work, 'grapes.csv')], to, call)).rejects.toMatchObject(refused)
      await expect(files.openUpload(to, 1)).rejects.toMatchObject(refused)
      expect(dataFolder()).toEqual([])
    },
  )

  it('is not put through a link that leaves the project', async () => {
    mkdirSync(join(work, 'elsewhere'))
    symlinkSync(join(work, 'elsewhere'), join(folder, 'data'))
    writeFileSync(join(work, 'grapes.csv'), 'x')
    await expect(files.bring([join(work, 'grapes.csv')], 'data/grapes.csv', call)).rejects.toMatchObject({
      code: 'project/pathRefused',
    })
    expect(readdirSync(join(work, 'elsewhere'))).toEqual([])
  })

  it('has to be a regular file that can be read, named from the root', async () => {
    execFileSync('mkfifo', [join(work, 'pipe')])
    const reasons = { pipe: 'not a regular file', gone: 'it is not there' }
    for (const [name, reason] of Object.entries(reasons))
      await expect(files.bring([join(work, name)], 'data/x', call)).rejects.toMatchObject({
        code: 'data/fileRefused',
        details: { reason: expect.stringContaining(reason) },
      })
    await expect(files.bring(['grapes.csv'], 'data/x', call)).rejects.toMatchObject({ code: 'data/fileRefused' })
    expect(dataFolder()).toEqual([])
  })

  it('leaves nothing when it is cancelled on the way', async () => {
    writeFileSync(join(work, 'large.bin'), bytesOf(8_000_000))
    const end = new AbortController()
    const report = ({ done = 0 }) => {
      if (done > 2_000_000) end.abort()
    }
    await expect(
      files.bring([join(work, 'large.bin')], 'data/large.bin', { signal: end.signal, report }),
    ).rejects.toThrow()
    expect(dataFolder()).toEqual([])
    expect((await files.bring([join(work, 'large.bin')], 'data/large.bin', call)).sizeBytes).toBe(8_000_000)
  })
})

describe('a folder or several files that are brought', () => {
  const write = (paths: readonly string[]) => {
    for (const path of paths) {
      mkdirSync(dirname(join(work, path)), { recursive: true })
      writeFileSync(join(work, path), `in ${path}`)
    }
  }
  const listed = (path: string) => readdirSync(join(folder, path), { recursive: true }).sort()

  it('become one new folder with all that is no hidden file and no cache', async () => {
    write(['photos/a.png', 'photos/red/b.png', 'photos/.DS_Store', 'photos/__pycache__/c.pyc', 'elsewhere/d.png'])
    writeFileSync(join(work, 'photos/empty.png'), '')
    symlinkSync(join(work, 'elsewhere'), join(work, 'photos/linked'))
    const seen: unknown[] = []
    const report = (progress: { done?: number | undefined }) => void seen.push(progress)
    const brought = await files.bring([join(work, 'photos')], 'data/photos', { ...call, report })
    expect(brought).toEqual({ path: 'data/photos', sizeBytes: 52 })
    expect(listed('data')).toEqual(
      ['', '/a.png', '/empty.png', '/linked', '/linked/d.png', '/red', '/red/b.png'].map((path) => `photos${path}`),
    )
    expect(readFileSync(join(folder, 'data/photos/red/b.png'), 'utf8')).toBe('in photos/red/b.png')
    expect(seen.at(-1)).toMatchObject({ done: 52, total: 52, fact: 'red/b.png' })
  })

  it('keep the names of folders that were named beside others', async () => {
    write(['one.csv', 'parts/a.csv', 'parts/b.csv'])
    await files.bring([join(work, 'one.csv'), join(work, 'parts')], 'data/all', call)
    expect(listed('data/all')).toEqual(['one.csv', 'parts', 'parts/a.csv', 'parts/b.csv'])
  })

  it.each([
    ['two of one name', ['a/x.csv', 'b/x.csv'], ['a/x.csv', 'b/x.csv'], 'data/outExists'],
    ['a folder without a file', ['bare/.hidden'], ['bare'], 'data/fileRefused'],
    ['one of them that is gone', ['a/x.csv'], ['a/x.csv', 'a/gone.csv'], 'data/fileRefused'],
    ['the folder that the project lies in', ['x.csv'], ['.'], 'data/fileRefused'],
    ['a name that another system could not hold', ['a/con.csv', 'a/x.csv'], ['a'], 'project/pathRefused'],
  ])('leave nothing behind when refused: %s', async (_, there, from, code) => {
    write(there)
    const named = from.map((path) => join(work, path))
    await expect(files.bring(named, 'data/all', call)).rejects.toMatchObject({ code })
    expect(dataFolder()).toEqual([])
  })

  it('are refused with a link that leads in a circle or nowhere', async () => {
    write(['round/a.csv', 'dangling/a.csv'])
    symlinkSync(join(work, 'round'), join(work, 'round/again'))
    symlinkSync(join(work, 'gone'), join(work, 'dangling/gone'))
    for (const [name, reason] of [
      ['round', 'leads back'],
      ['dangling', 'not there'],
    ] as const)
      await expect(files.bring([join(work, name)], 'data/all', call)).rejects.toMatchObject({
        code: 'data/fileRefused',
        details: { reason: expect.stringContaining(reason) },
      })
    expect(dataFolder()).toEqual([])
  })

  it('take the place of no file and of no other folder, and are put nowhere but in the project', async () => {
    write(['new/a.csv', 'elsewhere/x.csv'])
    mkdirSync(join(folder, 'data/mine'), { recursive: true })
    writeFileSync(join(folder, 'data/mine/a.csv'), 'mine')
    symlinkSync(join(work, 'elsewhere'), join(folder, 'away'))
    const refusals = {
      'data/mine': 'data/outExists',
      'data/mine/a.csv': 'data/outExists',
      'data/mine/a.csv/b': 'project/pathRefused',
      'away/b': 'project/pathRefused',
      '../out': 'project/pathRefused',
      '.slipway/data': 'project/pathRefused',
    }
    for (const [to, code] of Object.entries(refusals)) {
      await expect(files.bring([join(work, 'new')], to, call)).rejects.toMatchObject({ code })
      await expect(files.openUpload(to, 1, true)).rejects.toMatchObject({ code })
    }
    expect(listed('data')).toEqual(['mine', 'mine/a.csv'])
    expect(readdirSync(join(work, 'elsewhere'))).toEqual(['x.csv'])
  })

  it('leave nothing when cancelled on the way, and what a killed core left is cleared by the next', async () => {
    write(['new/a.csv', 'new/b.csv'])
    const end = new AbortController()
    const cancelled = files.bring([join(work, 'new')], 'data/new', { signal: end.signal, report: () => end.abort() })
    await expect(cancelled).rejects.toThrow()
    expect(dataFolder()).toEqual([])
    mkdirSync(join(folder, 'data/.new.slipway-unfinished/old'), { recursive: true })
    await files.bring([join(work, 'new')], 'data/new', call)
    expect(listed('data')).toEqual(['new', 'new/a.csv', 'new/b.csv'])
  })
})

describe('a folder that a browser gives piece by piece', () => {
  it('appears with all its files, empty ones too, when the last piece is there', async () => {
    const upload = await files.openUpload('data/new', 7, true)
    await files.writeUpload(upload, 0, Buffer.from('gra'), 'a.csv')
    await files.writeUpload(upload, 3, Buffer.from('pe'), 'a.csv')
    await files.writeUpload(upload, 0, Buffer.alloc(0), 'deep/er/b.csv')
    await files.writeUpload(upload, 0, Buffer.from('no'), 'deep/c.csv')
    expect(existsSync(join(folder, 'data/new'))).toBe(false)
    expect(await files.finishUpload(upload)).toEqual({ path: 'data/new', sizeBytes: 7 })
    expect(readFileSync(join(folder, 'data/new/a.csv'), 'utf8')).toBe('grape')
    expect(readFileSync(join(folder, 'data/new/deep/er/b.csv'), 'utf8')).toBe('')
    expect(dataFolder()).toEqual(['new'])
  })

  it.each([
    ['a piece of a file that was not begun', 3, 'b.csv', 'host/usage'],
    ['a piece that was left out', 4, 'a.csv', 'host/usage'],
    ['a piece of no file', 3, null, 'host/usage'],
    ['a file that comes twice', 0, 'a.csv', 'data/outExists'],
    ['a file outside of it', 0, '../x.csv', 'project/pathRefused'],
    ['a file in a file', 0, 'a.csv/b', 'data/outUnwritable'],
  ])('is given up with all its files at %s', async (_, offset, file, code) => {
    const upload = await files.openUpload('data/new', 10, true)
    await files.writeUpload(upload, 0, Buffer.from('gra'), 'a.csv')
    await expect(files.writeUpload(upload, offset, Buffer.from('x'), file)).rejects.toMatchObject({ code })
    expect(dataFolder()).toEqual([])
    await expect(files.finishUpload(upload)).rejects.toMatchObject({ code: 'host/usage' })
  })

  it('leaves nothing when it is dropped, ends too early, or finds a folder of its name at the end', async () => {
    await files.dropUpload(await files.openUpload('data/new', 10, true))
    const short = await files.openUpload('data/new', 10, true)
    await files.writeUpload(short, 0, Buffer.from('gra'), 'a.csv')
    await expect(files.finishUpload(short)).rejects.toMatchObject({ code: 'host/usage' })
    const late = await files.openUpload('data/new', 3, true)
    await files.writeUpload(late, 0, Buffer.from('gra'), 'a.csv')
    mkdirSync(join(folder, 'data/new'))
    await expect(files.finishUpload(late)).rejects.toMatchObject({ code: 'data/outExists' })
    expect(dataFolder()).toEqual(['new'])
    expect(readdirSync(join(folder, 'data/new'))).toEqual([])
  })
})

describe('a file that a browser gives piece by piece', () => {
  it('appears when the last piece is there, not before', async () => {
    const upload = await files.openUpload('data/grapes.csv', 10)
    await files.writeUpload(upload, 0, Buffer.from('grape'))
    expect(existsSync(join(folder, 'data/grapes.csv'))).toBe(false)
    await files.writeUpload(upload, 5, Buffer.from('s,1\n\n'))
    expect(await files.finishUpload(upload)).toEqual({ path: 'data/grapes.csv', sizeBytes: 10 })
    expect(readFileSync(join(folder, 'data/grapes.csv'), 'utf8')).toBe('grapes,1\n\n')
    expect(dataFolder()).toEqual(['grapes.csv'])
  })

  it('may be empty', async () => {
    await files.finishUpload(await files.openUpload('data/empty.csv', 0))
    expect(readFileSync(join(folder, 'data/empty.csv'), 'utf8')).toBe('')
  })

  it.each([
    ['a piece that was left out', (upload: string) => files.writeUpload(upload, 5, Buffer.from('late'))],
    ['more than was announced', (upload: string) => files.writeUpload(upload, 0, bytesOf(11))],
    ['an end that comes too early', (upload: string) => files.finishUpload(upload)],
  ])('is given up with all its bytes at %s', async (_, go) => {
    const upload = await files.openUpload('data/grapes.csv', 10)
    await expect(go(upload)).rejects.toMatchObject({ code: 'host/usage' })
    expect(dataFolder()).toEqual([])
    await expect(files.writeUpload(upload, 0, Buffer.from('x'))).rejects.toMatchObject({ code: 'host/usage' })
  })

  it('leaves nothing when it is dropped, nor when core ends in the middle', async () => {
    const dropped = await files.openUpload('data/one.csv', 10)
    await files.writeUpload(dropped, 0, Buffer.from('five!'))
    await files.dropUpload(dropped)
    await files.dropUpload(dropped)
    const left = await files.openUpload('data/two.csv', 10)
    await files.writeUpload(left, 0, Buffer.from('five!'))
    await files.closeUploads()
    expect(dataFolder()).toEqual([])
  })

  it('does not meet another one on its way to the same place', async () => {
    const first = await files.openUpload('data/grapes.csv', 1)
    await expect(files.openUpload('data/grapes.csv', 1)).rejects.toMatchObject({ code: 'data/outExists' })
    await files.writeUpload(first, 0, Buffer.from('x'))
    await files.finishUpload(first)
    await expect(files.openUpload('data/grapes.csv', 1)).rejects.toMatchObject({ code: 'data/outExists' })
  })
})

describe.skipIf(process.getuid?.() !== 0)('a disk that is too small', () => {
  it('is said before anything is written, and in the middle leaves nothing', async () => {
    mkdirSync(join(folder, 'data'))
    const disk = mountMemory(join(folder, 'data'), 'size=2m')
    try {
      writeFileSync(join(work, 'large.bin'), bytesOf(3_000_000))
      await expect(files.bring([join(work, 'large.bin')], 'data/large.bin', call)).rejects.toMatchObject({
        code: 'project/diskFull',
      })
      const upload = await files.openUpload('data/late.bin', 1_500_000)
      writeFileSync(join(folder, 'data', 'other'), bytesOf(1_500_000))
      await expect(files.writeUpload(upload, 0, bytesOf(1_500_000))).rejects.toMatchObject({ code: 'project/diskFull' })
      expect(dataFolder()).toEqual(['other'])
    } finally {
      disk.unmount()
    }
  })
})
