import { describe, expect, it } from 'vitest'
import { onlyFrom, pureFolders, ranks, soleImporters, typesOnlyFrom } from './layers.ts'
import { packageOf, readImports, roomOf, type SourceFile, sourceFiles } from './source-files.ts'

const files = sourceFiles()

describe('direction of imports', () => {
  it('reads something: the check cannot pass on an empty tree', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(100)
  })

  it('places every file of core in a room with a rank', () => {
    expect(
      files.map((file) => roomOf(file.path)).filter((room) => room.startsWith('core/') && !(room in ranks)),
    ).toEqual([])
  })

  it('goes to lower ranks or stays in its own room', () => {
    expect(files.flatMap(rankBreaks)).toEqual([])
  })

  it('keeps the narrow rooms narrow', () => {
    expect(files.flatMap(narrownessBreaks)).toEqual([])
  })

  it('gives each heavy package one importer', () => {
    const breaks = files.flatMap((file) =>
      file.imports
        .filter((i) => i.target === null && !i.typeOnly)
        .map((i) => packageOf(i.specifier))
        .filter((name) => name in soleImporters && !file.path.startsWith(soleImporters[name] as string))
        .map((name) => `${file.path} imports ${name}; only ${soleImporters[name]} may`),
    )
    expect(breaks).toEqual([])
  })

  it('keeps the domain pure: no packages, no node:, no clock of its own', () => {
    const breaks = files
      .filter((file) => pureFolders.includes(roomOf(file.path)))
      .flatMap((file) => [
        ...file.imports.filter((i) => i.target === null).map((i) => `${file.path} imports ${i.specifier}`),
        ...(/\b(Date\.now|new Date\(\)|Math\.random|process\.[a-z])/.test(file.text)
          ? [`${file.path} reads the outside world`]
          : []),
      ])
    expect(breaks).toEqual([])
  })
})

describe('the reader of imports', () => {
  it.each([
    ["import type { A } from './a.ts'", true],
    ["import { type A, type B } from './a.ts'", true],
    ["import { type A, b } from './a.ts'", false],
    ["import './a.ts'", false],
    ["export { a } from './a.ts'", false],
    ["const a = await import('./a.ts')", false],
  ])('%s', (text, typeOnly) => {
    expect(readImports('core/domain/x.ts', text)).toEqual([
      { specifier: './a.ts', typeOnly, target: 'core/domain/a.ts' },
    ])
  })
})

function rankBreaks(file: SourceFile): string[] {
  const room = roomOf(file.path)
  const rank = ranks[room]
  if (rank === undefined) return []
  return file.imports
    .filter((i) => i.target !== null && roomOf(i.target) !== room)
    .filter((i) => {
      const other = ranks[roomOf(i.target as string)]
      return other === undefined || other >= rank
    })
    .map((i) => `${file.path} (${rank}) imports ${i.target} (${ranks[roomOf(i.target as string)] ?? 'no rank'})`)
}

function narrownessBreaks(file: SourceFile): string[] {
  const room = roomOf(file.path)
  const allowed = onlyFrom[room]
  if (!allowed) return []
  const asTypes = typesOnlyFrom[room] ?? []
  return file.imports
    .filter((i) => i.target !== null && roomOf(i.target) !== room)
    .filter((i) => {
      const other = roomOf(i.target as string)
      return !allowed.includes(other) && !(i.typeOnly && asTypes.includes(other))
    })
    .map((i) => `${file.path} imports ${i.target}`)
}
