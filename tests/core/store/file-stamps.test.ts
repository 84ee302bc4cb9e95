import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createStampMemory, fileState } from '../../../core/store/file-stamps.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'

afterAll(removeTestFolders)

let folder: string
let made: number
const path = (name: string) => join(folder, name)
/** Stamps of now count as settled by a clock that is ahead. */
const later = () => Date.now() + 60_000

beforeEach(() => {
  folder = testFolder('stamps')
  made = 0
  writeFileSync(path('a'), 'one')
  mkdirSync(path('folder'))
})

const make = (files: readonly string[] | null) => () => ({ value: ++made, files })

async function remembered(files: readonly string[], now = later) {
  const ask = createStampMemory<number>(now)
  const answer = (key = 'key') => ask(key, make(files))
  await answer()
  await answer()
  return answer
}

describe('what was made of files', () => {
  it('is given again while nothing moved, once it was made twice', async () => {
    const ask = createStampMemory<number>(later)
    const answers = []
    for (let n = 0; n < 4; n++) answers.push(await ask('key', make([path('a'), path('absent')])))
    expect(answers).toEqual([1, 2, 2, 2])
  })

  const changes: readonly (readonly [string, () => void])[] = [
    ['more bytes', () => appendFileSync(path('a'), '!')],
    [
      'other bytes of the same size and with the old times given back',
      () => {
        writeFileSync(path('a'), 'two')
        utimesSync(path('a'), 1_000, 1_000)
      },
    ],
    [
      'a file put in its place',
      () => {
        rmSync(path('a'))
        writeFileSync(path('a'), 'one')
      },
    ],
    ['its absence', () => rmSync(path('a'))],
    [
      'a link to other bytes in its place',
      () => {
        writeFileSync(path('other'), 'two')
        rmSync(path('a'))
        symlinkSync(path('other'), path('a'))
      },
    ],
    ['a file that was looked for and comes', () => writeFileSync(path('absent'), '')],
    ['a name more in a folder', () => writeFileSync(path('folder/new'), '')],
  ]
  for (const [what, change] of changes)
    it(`is made anew after ${what}`, async () => {
      utimesSync(path('a'), 1_000, 1_000)
      const answer = await remembered([path('a'), path('absent'), path('folder')])
      expect(await answer()).toBe(2)
      change()
      expect(await answer()).toBe(3)
    })

  it('is made anew for another key, and where it cannot be told what it is made of', async () => {
    const answer = await remembered([path('a')])
    expect([await answer('other'), await answer('key')]).toEqual([3, 4])
    const ask = createStampMemory<number>(later)
    for (let n = 0; n < 3; n++) await ask('key', make(null))
    expect(await ask('key', make(null))).toBe(8)
  })

  it('is not believed while a file is so young that its clock may not have ticked since', async () => {
    const answer = await remembered([path('a')], Date.now)
    expect([await answer(), await answer()]).toEqual([3, 4])
  })

  it('is not believed when a file moved while it was made', async () => {
    const ask = createStampMemory<number>(later)
    const moving = () => {
      appendFileSync(path('a'), '!')
      return { value: ++made, files: [path('a')] }
    }
    await ask('key', make([path('a')]))
    await ask('key', moving)
    // The 2 was made of what is there no more; the 3 was made between two equal looks.
    expect(await ask('key', make([path('a')]))).toBe(3)
    expect(await ask('key', make([path('a')]))).toBe(3)
  })

  it('follows a link to the file itself', () => {
    symlinkSync(path('a'), path('link'))
    expect(fileState(path('link'))).toEqual(fileState(path('a')))
    expect(fileState(path('nowhere'))).toBe(null)
  })
})
