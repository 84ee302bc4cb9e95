import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createStepLog } from '../../../core/execution/step-log.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

const newFile = () => join(testFolder('log'), 'step.log')

async function writeLog(chunks: readonly string[], kept: { head: number; tail: number }) {
  const file = newFile()
  const log = await createStepLog(file, kept)
  for (const chunk of chunks) await log.append(Buffer.from(chunk))
  const end = await log.close()
  expect(existsSync(`${file}.tail`)).toBe(false)
  return { text: readFileSync(file, 'latin1'), ...end }
}

describe('step log', () => {
  it('keeps everything up to its cap', async () => {
    expect(await writeLog(['abcde', 'fghij'], { head: 5, tail: 5 })).toMatchObject({
      text: 'abcdefghij',
      omittedBytes: 0,
    })
  })

  it('keeps head and tail beyond it and marks the cut', async () => {
    const { text, omittedBytes } = await writeLog(['0123456789', 'abc', 'defghij', 'kl'], { head: 4, tail: 6 })
    expect(omittedBytes).toBe(12)
    expect(text.startsWith('0123\n')).toBe(true)
    expect(text.endsWith('\nghijkl')).toBe(true)
    expect(text).toContain('12 bytes were left out')
  })

  it('agrees with a plain cut at every size and chunking', async () => {
    for (let size = 0; size < 40; size += 3)
      for (const chunk of [1, 4, 11, 40]) {
        const all = Array.from({ length: size }, (_, index) => String.fromCharCode(65 + (index % 26))).join('')
        const chunks = all.match(new RegExp(`.{1,${chunk}}`, 'g')) ?? []
        const { text, omittedBytes } = await writeLog(chunks, { head: 7, tail: 5 })
        if (size <= 12) expect(text).toBe(all)
        else {
          expect(omittedBytes).toBe(size - 12)
          expect(text.slice(0, 7) + text.slice(-5)).toBe(all.slice(0, 7) + all.slice(-5))
        }
      }
  })

  it('takes a hundred times its cap in bounded space', async () => {
    const file = newFile()
    const log = await createStepLog(file, { head: 1_000_000, tail: 1_000_000 })
    const chunk = Buffer.alloc(1_000_000, 'y')
    for (let i = 0; i < 200; i++) await log.append(chunk)
    const { writtenBytes, omittedBytes } = await log.close()
    expect(writtenBytes).toBeLessThan(2_001_000)
    expect(omittedBytes).toBe(198_000_000)
  })
})
