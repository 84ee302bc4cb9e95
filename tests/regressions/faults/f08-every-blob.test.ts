import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import { type Digest, parseDigest } from '../../../core/domain/digest.ts'
import type { DoctorCheck } from '../../../core/domain/project.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording, type Recording, someEnvironment } from '../../core/tracking/open-recording.ts'

const nobody = 65_534
const isRoot = process.getuid?.() === 0

let at: Recording
let runId: string
beforeEach(async () => {
  at = await openRecording()
  const run = at.startRun(['train', 'export'])
  runId = run.runId
  at.recorder.recordEnvironment(runId, someEnvironment)
  const part = { name: 'onnx', descriptor: await at.store.putBytes('onnx bytes', 'application/vnd.onnx') }
  const model = await at.give('model', '{"weights":[1,2,3]}')
  const exported = await at.give('exported', '{"tree":1}', { kind: 'model', parts: [part] })
  await at.doStep(run.stepRunIds.train as string, { step: 'train', gives: [model], log: 'trained\n' })
  await at.doStep(run.stepRunIds.export as string, { step: 'export', gives: [exported], log: 'exported\n' })
  at.finish(runId)
})
afterEach(() => at.close())

const blobs = (): readonly Digest[] =>
  readdirSync(join(at.store.folder, 'blobs/sha256')).map((name) => parseDigest(`sha256:${name}`))
/** What doctor says of single blobs. */
const found = (checks: readonly DoctorCheck[]) => checks.filter(({ name }) => name.startsWith('blob '))

const damages: readonly (readonly [string, 'hurt' | 'missing', (bytes: Buffer, file: string) => void])[] = [
  [
    'has one bit flipped',
    'hurt',
    (bytes, file) => {
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(file, bytes)
    },
  ],
  ['lost its last byte', 'hurt', (bytes, file) => writeFileSync(file, bytes.subarray(0, -1))],
  ['is empty', 'hurt', (_, file) => writeFileSync(file, '')],
  ['got a byte more', 'hurt', (bytes, file) => writeFileSync(file, Buffer.concat([bytes, Buffer.from(' ')]))],
  ['is gone', 'missing', () => undefined],
  ['is a folder', 'hurt', (_, file) => mkdirSync(file)],
]

describe('f08 every blob in turn', () => {
  it.each(damages)(
    'f08 that %s is found, alone, with the run that it hits, and is not read',
    async (_, state, damage) => {
      expect(blobs().length).toBeGreaterThanOrEqual(7)
      for (const digest of blobs()) {
        const file = at.store.pathOf(digest)
        const bytes = readFileSync(file)
        rmSync(file)
        damage(Buffer.from(bytes), file)
        const checks = found(await checkStorage(at))
        expect(checks).toEqual([expect.objectContaining({ name: `blob ${digest}`, state })])
        expect(checks[0]?.detail).toContain(`run ${runId}`)
        await expect(at.store.readBytes(digest)).rejects.toMatchObject({
          code: expect.stringMatching(/^store\/blob(Hurt|Missing|Unreadable)$/),
        })
        rmSync(file, { recursive: true, force: true })
        writeFileSync(file, bytes, { mode: 0o444 })
      }
      expect(found(await checkStorage(at))).toEqual([])
    },
  )

  it.skipIf(!isRoot)('f08 that its reader may not read is found, all of them at once', () => {
    const all = blobs()
    const { folder } = at
    at.database.close()
    for (const name of ['.', ...(readdirSync(folder, { recursive: true }) as string[])]) {
      chownSync(join(folder, name), nobody, nobody)
    }
    for (const digest of all) chmodSync(at.store.pathOf(digest), 0o000)
    const script = join(import.meta.dirname, 'check-storage-once.ts')
    const said = execFileSync(process.execPath, [script, folder], { encoding: 'utf8', uid: nobody, gid: nobody })
    const checks = found(JSON.parse(said))
    expect(checks.map(({ name }) => name).sort()).toEqual(all.map((digest) => `blob ${digest}`).sort())
    for (const { state, detail, remedy } of checks) {
      expect(state).toBe('hurt')
      expect(detail).toMatch(/cannot be read \(EACCES\)/)
      expect(detail).toContain(`run ${runId}`)
      expect(remedy).toContain('the right to read')
    }
  })

  it('f08 that two runs share hits both', async () => {
    const next = at.startRun(['train'])
    const log = await at.store.putBytes('trained\n', mediaTypes.text)
    const given = await at.give('model', '{"weights":[1,2,3]}')
    await at.doStep(next.stepRunIds.train as string, { step: 'train', gives: [given], log: 'trained\n' })
    for (const { digest } of [log, given.descriptor]) {
      rmSync(at.store.pathOf(digest))
      const [check] = found(await checkStorage(at)).filter(({ name }) => name === `blob ${digest}`)
      expect(check?.detail).toContain(`run ${runId}`)
      expect(check?.detail).toContain(`run ${next.runId}`)
    }
  })
})
