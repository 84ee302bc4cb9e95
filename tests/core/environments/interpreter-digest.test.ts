import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { parseDigest } from '../../../core/domain/digest.ts'
import {
  interpreterDigest,
  interpreterStamp,
  rememberInterpreter,
} from '../../../core/environments/interpreter-digest.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

function fakePython(content: string) {
  const folder = temporaryFolder('slipway-interpreter-')
  const file = join(folder, 'bin', 'python')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(file, content)
  return file
}

const digestOf = (content: string) => parseDigest(`sha256:${createHash('sha256').update(content).digest('hex')}`)
const settled = (file: string) =>
  vi.waitFor(() => expect(interpreterStamp(file)).not.toBeNull(), { timeout: 60_000, interval: 100 })

it('is what was remembered while its files look the same, and is read when they do not', async () => {
  const file = fakePython('one')
  expect(interpreterStamp(file)).toBeNull()
  await settled(file)
  // Not the true one: so it shows whether the file was read.
  const remembered = digestOf('remembered')
  rememberInterpreter(file, { stamp: interpreterStamp(file) as string, digest: remembered })
  expect(interpreterDigest(file)).toBe(remembered)

  writeFileSync(file, 'two')
  expect(interpreterDigest(file)).toBe(digestOf('two'))
  rememberInterpreter(file, { stamp: interpreterStamp(file) ?? '', digest: remembered })
  expect(interpreterDigest(file)).toBe(digestOf('two'))
})

it('is read when what was remembered is of other files', () => {
  const file = fakePython('here')
  rememberInterpreter(file, { stamp: 'of another computer', digest: digestOf('there') })
  expect(interpreterDigest(file)).toBe(digestOf('here'))
})
