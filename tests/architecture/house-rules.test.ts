import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { largestFileLines, maySpeakSql, topLevel, unspokenNames } from './layers.ts'
import { repository, sourceFiles, trackedFiles } from './source-files.ts'

const tracked = trackedFiles()
const sources = sourceFiles()
const codeFiles = tracked.filter((path) => /\.(ts|tsx|mjs|py|css)$/.test(path) && !path.startsWith('templates/'))

describe('house rules', () => {
  it('keeps the top level to the known rooms', () => {
    expect(
      [...new Set(tracked.map((path) => path.split('/')[0] as string))].filter((name) => !topLevel.includes(name)),
    ).toEqual([])
  })

  it(`lets no file grow past ${largestFileLines} lines`, () => {
    const tooLong = codeFiles
      .map((path) => ({ path, lines: readFileSync(join(repository, path), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > largestFileLines)
    expect(tooLong).toEqual([])
  })

  it('names files in kebab-case (Python in snake_case), by the vocabulary', () => {
    const misnamed = tracked
      .filter((path) => /^(core|electron|renderer)\/.*\.(ts|tsx|mjs|py)$/.test(path))
      .filter((path) => {
        const name = (path.split('/').at(-1) as string)
          .replace(/\.(test\.)?(d\.)?(ts|tsx|mjs|py)$/, '')
          .replace(/\.config$/, '')
        const wellFormed = path.endsWith('.py') ? /^[a-z0-9_]+$/.test(name) : /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
        return !wellFormed || name.split(/[-_]/).some((word) => unspokenNames.includes(word))
      })
    expect(misnamed).toEqual([])
  })

  it('keeps SQL in stores, queries and migrations', () => {
    const sql =
      /['"`]\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA\s)/i
    expect(sources.filter((file) => sql.test(file.text) && !maySpeakSql(file.path)).map((file) => file.path)).toEqual(
      [],
    )
  })

  it('runs no shell: argument lists only', () => {
    const shell = /\bshell:\s*true|\bexecSync\(|[^.\w]exec\(\s*[`'"]|\bspawn\(\s*['"](sh|bash|cmd)['"]/
    expect(sources.filter((file) => shell.test(file.text)).map((file) => file.path)).toEqual([])
  })

  it('leaves nothing for later in the code', () => {
    const later = /\b(TODO|FIXME|XXX|HACK)\b|not implemented/
    expect(sources.filter((file) => later.test(file.text)).map((file) => file.path)).toEqual([])
  })

  it('skips and narrows no test for good', () => {
    const narrowed = tracked
      .filter(
        (path) => /^tests\/.*\.(test|spec)\.tsx?$/.test(path) && path !== 'tests/architecture/house-rules.test.ts',
      )
      .filter((path) =>
        /\b(it|test|describe)\.(only|todo)\(|\b(it|test|describe)\.skip\(\s*['"`]/.test(
          readFileSync(join(repository, path), 'utf8'),
        ),
      )
    expect(narrowed).toEqual([])
  })

  it('uses tokens for colour in the renderer', () => {
    const raw = tracked
      .filter((path) => /^renderer\/.*\.(css|tsx|ts)$/.test(path) && !path.startsWith('renderer/theme/'))
      .filter((path) =>
        /(?<![\w&-])#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b(?!['"]?\s*\/)|\brgba?\(/.test(
          readFileSync(join(repository, path), 'utf8'),
        ),
      )
    expect(raw).toEqual([])
  })
})

describe('prose', () => {
  const documents = tracked.filter(
    (path) => path.endsWith('.md') && !path.startsWith('templates/') && !path.startsWith('tests/fixtures/'),
  )

  it('gives every room of core a README of at most 30 lines', () => {
    const rooms = [
      ...new Set(
        sources
          .filter((file) => file.path.startsWith('core/'))
          .map((file) => file.path.split('/').slice(0, 2).join('/')),
      ),
    ]
    expect(rooms.length).toBeGreaterThan(3)
    const wrong = rooms.filter((room) => {
      const readme = join(repository, room, 'README.md')
      return !existsSync(readme) || readFileSync(readme, 'utf8').trim().split('\n').length > 30
    })
    expect(wrong).toEqual([])
  })

  it('names only paths that exist', () => {
    const broken = documents.flatMap((document) => {
      const text = readFileSync(join(repository, document), 'utf8').replace(/```[\s\S]*?```/g, '')
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)]*)?\)/g)].map((m) =>
        join(document, '..', m[1] as string),
      )
      const mentions = [...text.matchAll(/`((?:core|electron|renderer|templates|tests)\/[\w./-]+)`/g)].map(
        (m) => m[1] as string,
      )
      return [...links, ...mentions]
        .filter((path) => !existsSync(join(repository, path.replace(/\/$/, ''))))
        .map((path) => `${document} names ${path}`)
    })
    expect(broken).toEqual([])
  })

  it('keeps lockfiles free of download addresses', () => {
    expect(readFileSync(join(repository, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved":/)
  })

  it('pins every dependency exactly', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
    )
    expect(loose).toEqual([])
  })
})
