import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

it('f21 records made while the clock jumps ten years ahead and twenty back: order is kept, no time lasts less than nothing', async () => {
  const library = ['x86_64', 'aarch64']
    .map((name) => `/usr/lib/${name}-linux-gnu/faketime/libfaketimeMT.so.1`)
    .find(existsSync)
  expect(library, 'the package libfaketime is needed').toBeDefined()
  const base = mkdtempSync(join(tmpdir(), 'slipway-clock-'))
  const [folder, offset] = [join(base, 'project'), join(base, 'offset')]
  writeFileSync(offset, '+0')
  const script = join(import.meta.dirname, 'record-by-wrong-clock.ts')
  const told = JSON.parse(
    execFileSync(process.execPath, [script, folder, offset], {
      encoding: 'utf8',
      env: {
        ...process.env,
        LD_PRELOAD: library as string,
        FAKETIME_TIMESTAMP_FILE: offset,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    }),
  )
  const years = told.map(({ year }: { year: number }) => year - told[0].year)
  expect(years).toEqual([0, 10, -10])

  const at = await openRecording(folder)
  const { runs } = at.runs.list({})
  expect(runs.map(({ tags }) => tags.name)).toEqual(['back', 'ahead', 'now'])
  expect(at.runs.get('latest').run.tags.name).toBe('back')
  expect(runs.map(({ state }) => state)).toEqual(['completed', 'failed', 'completed'])
  for (const { durationMs } of runs) expect(durationMs).toBeGreaterThanOrEqual(0)
  for (const { id } of runs) {
    for (const step of at.runs.get(id).steps) {
      if ('durationMs' in step) expect(step.durationMs).toBeGreaterThanOrEqual(0)
    }
  }
  expect((await checkStorage(at)).map(({ state }) => state)).toEqual(['ok', 'ok'])
  // Past results of a step come newest first by when they were recorded, not by what the clock said.
  expect(at.runs.findStepRunsByStep('train')).toHaveLength(2)
  expect(at.runs.findStepRunsByStep('train')[0]?.artifacts[0]?.descriptor.sizeBytes).toBe('{"of":"back"}'.length)
  at.database.close()
  rmSync(base, { recursive: true, force: true })
})
