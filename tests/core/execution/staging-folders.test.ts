import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createStagingFolders, type StagingFolder } from '../../../core/execution/staging-folders.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

async function open() {
  const folder = testFolder('staging')
  const staging = createStagingFolders(await createStore(join(folder, 'store')))
  return { staging, left: () => readdirSync(join(folder, 'tmp')) }
}

const changes: readonly (readonly [string, (staging: StagingFolder) => void])[] = [
  ['an output that nobody took', ({ outputs }) => writeFileSync(join(outputs, '0001.json'), '1')],
  ['a file of the step', ({ scratch }) => writeFileSync(join(scratch, 'notes.txt'), 'mine')],
  ['a folder beside its own', ({ folder }) => mkdirSync(join(folder, 'more'))],
  ['rights of its own', ({ outputs }) => chmodSync(outputs, 0o500)],
  ['no folder any more', ({ scratch }) => rmdirSync(scratch)],
  [
    'a link in the place of its folder',
    ({ outputs, scratch }) => {
      rmdirSync(outputs)
      symlinkSync(scratch, outputs)
    },
  ],
]

describe('staging folders', () => {
  it('serve the next step when one left them empty, and one step at a time', async () => {
    const { staging } = await open()
    const [first, other] = [await staging.take(), await staging.take()]
    expect(first.folder).not.toBe(other.folder)
    await staging.giveBack(first)
    expect(await staging.take()).toEqual(first)
    expect((await staging.take()).folder).not.toBe(first.folder)
    expect(readdirSync(first.folder).sort()).toEqual(['outputs', 'scratch'])
  })

  it.each(changes)('serve no other step with %s', async (_, change) => {
    const { staging } = await open()
    const first = await staging.take()
    change(first)
    await staging.giveBack(first)
    expect(existsSync(first.folder)).toBe(false)
    expect((await staging.take()).folder).not.toBe(first.folder)
  })

  it('are gone when the run has ended', async () => {
    const { staging, left } = await open()
    const both = [await staging.take(), await staging.take()]
    for (const one of both) await staging.giveBack(one)
    expect(left()).toHaveLength(2)
    await staging.end()
    expect(left()).toEqual([])
  })
})
