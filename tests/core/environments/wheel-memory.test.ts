import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packWheel } from '../../../core/environments/wheel.ts'
import { createWheelMemory } from '../../../core/environments/wheel-memory.ts'

let root: string
let sources: string
let packed: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-wheel-'))
  cpSync(resolve(import.meta.dirname, '../../../core/execution/python'), join(root, 'python'), { recursive: true })
  sources = join(root, 'python', 'slipway')
  packed = 0
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const later = () => Date.now() + 60_000

/** As another core would ask. */
function ask(now: () => number = later): string {
  const pack = () => {
    packed++
    return packWheel(sources, 'slipway')
  }
  return createWheelMemory(join(root, 'wheel.json'), sources, pack, now)()
}

it('packs once for all cores that follow', () => {
  const digest = packWheel(sources, 'slipway').digest
  expect([ask(), ask(), ask()]).toEqual([digest, digest, digest])
  expect(packed).toBe(1)
  expect(JSON.parse(readFileSync(join(root, 'wheel.json'), 'utf8')).digest).toBe(digest)
})

it.each([
  ['a changed source, its times set back', 'slipway/decorator.py', '# other\n'],
  ['a new source', 'slipway/values/new.py', ''],
  ['a new line that Python runs at its start', 'slipway_more.pth', 'import sys\n'],
])('notices %s', (_, path, text) => {
  const before = ask()
  const file = join(root, 'python', path)
  writeFileSync(file, text)
  utimesSync(file, 0, 0)
  expect(ask()).toBe(packWheel(sources, 'slipway').digest)
  expect(ask()).not.toBe(before)
  expect(packed).toBe(2)
})

it('notices a source that is gone, and a change under the core that asked before', () => {
  let time = later()
  let digest = 'first'
  const memory = createWheelMemory(
    join(root, 'wheel.json'),
    sources,
    () => ({ digest }),
    () => time,
  )
  expect(memory()).toBe('first')
  rmSync(join(sources, 'values', 'load.py'))
  digest = 'second'
  time += 1
  expect([memory(), memory()]).toEqual(['second', 'second'])
})

it('believes nothing of sources that may be changing just now, nor a note that is hurt', () => {
  ask(Date.now)
  ask(Date.now)
  expect(packed).toBe(2)
  ask()
  writeFileSync(join(root, 'wheel.json'), '{')
  expect(ask()).toBe(packWheel(sources, 'slipway').digest)
  expect(packed).toBe(4)
})
