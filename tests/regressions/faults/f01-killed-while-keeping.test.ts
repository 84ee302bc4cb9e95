import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { digestOf } from '../../../core/store/hash-file.ts'
import { disturb, findCalls } from '../../builders/traced-calls.ts'

const script = join(import.meta.dirname, 'keep-small-files.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
const count = 520

it.skipIf(!canTrace)(
  'f01 killed while thousands of small files are kept: all that was acknowledged stands, nothing is half',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'slipway-keeping-'))
    const contents = new Map<Digest, Buffer>()
    mkdirSync(join(root, 'data'))
    for (let n = 0; n < count; n++) {
      const bytes = randomBytes(100 + n)
      contents.set(digestOf(bytes), bytes)
      writeFileSync(join(root, 'data', String(n)), bytes)
    }
    const files = readdirSync(join(root, 'data')).map((name) => join(root, 'data', name))
    const first = join(root, 'first')
    mkdirSync(first)
    const calls = findCalls({ script, folder: first }, ['rename', 'fsync', 'pwrite64', 'ftruncate', 'mkdir'])
    let cutShort = 0
    for (const [index, call] of calls.entries()) {
      const folder = join(root, `killed-${index}`)
      mkdirSync(folder)
      const said = disturb({ script, folder }, call, 'signal=KILL')
      if (!said.includes('kept')) cutShort++
      const store = await createStore(join(folder, 'store'))
      const held = store.files.heldAmong([...contents.keys()])
      if (said.includes('kept')) expect(held.size).toBe(count)
      expect((await store.verifyAll({ expected: held })).damage).toEqual([])
      for (const digest of held) expect(await readAll(store, digest)).toEqual(contents.get(digest))
      expect(readdirSync(join(folder, 'tmp'))).toEqual([])
      await store.files.keep(files.map((file) => ({ file, sizeBytes: 0 })))
      expect(store.files.heldAmong([...contents.keys()]).size).toBe(count)
      rmSync(folder, { recursive: true, force: true })
    }
    console.log(`f01: ${calls.length} calls, killed at ${cutShort}`)
    expect(calls.length).toBeGreaterThan(8)
    expect(cutShort).toBeGreaterThan(calls.length * 0.7)
    rmSync(root, { recursive: true, force: true })
  },
  3_600_000,
)

async function readAll(store: Awaited<ReturnType<typeof createStore>>, digest: Digest): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of store.files.openStream(digest)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
