import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Digest, digestHex } from '../../../core/domain/digest.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { disturb, findCalls } from '../../builders/traced-calls.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

const script = join(import.meta.dirname, 'clear-once.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0

/** A run, a leftover of every kind, and something whose time in the trash is over. */
async function prepare(folder: string, data: string): Promise<{ needed: Digest; unused: readonly Digest[] }> {
  const at = await openRecording(folder)
  const { runId, stepRunIds } = at.startRun(['work'])
  const gives = [await at.give('value', '{"n": 1}')]
  await at.doStep(stepRunIds.work as string, { step: 'work', gives, log: 'at work\n' })
  at.finish(runId)
  const strays = [await at.store.putBytes('stray', 'x/y'), await at.store.putBytes('another', 'x/y')]
  const small = Array.from({ length: 510 }, (_, n) => {
    const file = join(data, `${n}`)
    writeFileSync(file, `small ${n}`)
    return { file, sizeBytes: 10 }
  })
  const packed = await at.store.files.keep(small)
  const first = randomBytes(600_000)
  writeFileSync(join(data, 'first'), first)
  writeFileSync(join(data, 'grown'), Buffer.concat([first, randomBytes(5_000)]))
  const [old] = await at.store.files.keep([{ file: join(data, 'first'), sizeBytes: first.length }])
  const [grown] = await at.store.files.keep([
    { file: join(data, 'grown'), sizeBytes: first.length + 5_000, grewFrom: old?.digest },
  ])
  expect([grown?.how, packed[0]?.how]).toEqual(['chunks', 'pack'])
  writeFileSync(join(folder, 'trash', `1700000000000-${'cd'.repeat(32)}`), 'long ago')
  at.database.close()
  const unused = [...strays, old, grown, ...packed].map((one) => one?.digest as Digest)
  return { needed: gives[0]?.descriptor.digest as Digest, unused }
}

it.skipIf(!canTrace)(
  'f01 killed while space is given back: doctor finds nothing, no byte is gone, and the next one goes on',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'slipway-clearing-'))
    mkdirSync(join(root, 'data'))
    const start = join(root, 'start')
    const { needed, unused } = await prepare(start, join(root, 'data'))
    const copy = (name: string) => {
      cpSync(start, join(root, name), { recursive: true, preserveTimestamps: true })
      return join(root, name)
    }
    const inTrash = (folder: string) => readdirSync(join(folder, 'trash')).length
    const calls = findCalls({ script, folder: copy('first') }, ['rename', 'unlink', 'fsync'])
    const ofClearing = calls.filter(({ of }) => !of.startsWith('/slipway.db'))
    let cutShort = 0
    for (const [index, call] of ofClearing.entries()) {
      const folder = copy(`killed-${index}`)
      const said = disturb({ script, folder }, call, 'signal=KILL')
      if (said.length === 0) cutShort++
      const at = await openRecording(folder)
      expect((await checkStorage(at)).filter(({ state }) => state !== 'ok')).toEqual([])
      expect(await at.store.readText(needed)).toBe('{"n": 1}')
      at.database.close()
      expect(spawnSync(process.execPath, [script, folder]).status).toBe(0)
      const again = await openRecording(folder)
      const names = readdirSync(join(again.store.folder, 'blobs/sha256'))
      expect(names).toContain(digestHex(needed))
      expect(names).not.toContain(digestHex(unused[0] as Digest))
      // All of it can be had back, and what was kept in parts with all its parts.
      expect([...(await again.store.restoreTrashed(unused))].sort()).toEqual([...unused].sort())
      expect((await again.store.verifyAll({ expected: unused })).damage).toEqual([])
      again.database.close()
      expect(inTrash(folder)).toBe(0)
      rmSync(folder, { recursive: true, force: true })
    }
    console.log(`f01: ${ofClearing.length} calls, killed at ${cutShort}`)
    expect(ofClearing.length).toBeGreaterThan(8)
    expect(cutShort).toBeGreaterThan(ofClearing.length * 0.6)
    rmSync(root, { recursive: true, force: true })
  },
  3_600_000,
)
