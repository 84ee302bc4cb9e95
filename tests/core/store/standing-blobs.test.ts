import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDigest } from '../../../core/domain/digest.ts'
import { createStandingBlobs } from '../../../core/store/standing-blobs.ts'

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`)
const [a, b] = [digest('a'), digest('b')]

let folder: string
let aheadMs: number
let asked: string[]
let look: ReturnType<typeof createStandingBlobs>

const fileOf = (one: string) => join(folder, one.slice('sha256:'.length))
const seen = () => {
  const stands = look()
  return [a, b].map(stands)
}

/** Several changes within one tick of the disk's clock look alike, which is what the time to settle is for. */
let ticks = 0
function tick(): void {
  ticks += 1
  utimesSync(folder, ticks, ticks)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'standing-'))
  writeFileSync(fileOf(a), 'a')
  asked = []
  aheadMs = 60_000
  const isThere = (one: string) => {
    asked.push(one)
    return existsSync(fileOf(one))
  }
  look = createStandingBlobs(folder, isThere, () => Date.now() + aheadMs)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('blobs that stand in a folder', () => {
  it('are not looked at again while the folder looks as it did; those that are missing are', () => {
    expect([seen(), seen(), seen()]).toEqual([
      [true, false],
      [true, false],
      [true, false],
    ])
    expect(asked).toEqual([a, b, b, b])
  })

  it('are looked at anew once one came or went', () => {
    expect(seen()).toEqual([true, false])
    writeFileSync(fileOf(b), 'b')
    tick()
    expect(seen()).toEqual([true, true])
    rmSync(fileOf(a))
    tick()
    expect(seen()).toEqual([false, true])
    rmSync(folder, { recursive: true })
    expect(seen()).toEqual([false, false])
  })

  it('are looked at each time while the folder changed so lately that another change may not show', () => {
    aheadMs = 0
    expect([seen(), seen()]).toEqual([
      [true, false],
      [true, false],
    ])
    expect(asked).toEqual([a, b, a, b])
  })
})
