import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { type CuttableDisk, createCuttableDisk } from '../../builders/power-cut.ts'
import { openExecution } from '../../core/execution/open-execution.ts'
import { removeTestFolders } from '../../core/execution/test-folder.ts'

const pipeline = `import time
from slipway import step, log_metric

@step
def first():
    return 1

@step
def long(first):
    print("at work", flush=True)
    for i in range(600):
        log_metric("loss", i, iteration=i)
        time.sleep(0.02)
    return first
`

afterAll(removeTestFolders)
let disk: CuttableDisk
beforeEach(async () => {
  disk = await createCuttableDisk()
})
afterEach(() => disk.remove())

describe.skipIf(process.getuid?.() !== 0)('f07 a disk that is lost in the middle of a run', () => {
  it.each([
    ['turns read-only', () => disk.turnReadOnly(), /^(database|store)\/(readOnly|unwritable)$/],
    ['fails every write', () => disk.cut(), /^(database|store)\/(readOnly|unwritable)$/],
  ] as const)(
    'f07 that %s: the run ends by name, what was recorded can be reviewed, and it is interrupted afterwards',
    async (what, lose, code) => {
      const folder = join(disk.folder, 'project')
      mkdirSync(folder)
      writeFileSync(join(folder, 'slipway.toml'), 'name = "t"\npipeline = ["pipeline.py"]\n')
      writeFileSync(join(folder, 'pipeline.py'), pipeline)
      execFileSync('sync', ['-f', folder])
      const opened = await openExecution(null, { folder })
      let said = ''
      opened.recorder.watch((event) => {
        if (event.kind === 'log') said += event.text
      })
      const { runId, done } = await opened.execution.start(
        { steps: [], params: {} },
        { report: () => undefined, signal: new AbortController().signal },
      )
      const ended = done.then(
        ({ failure }) => failure,
        (error) => error,
      )
      for (let n = 0; n < 1_200 && !said.includes('at work'); n++) await sleep(50)
      await sleep(500)
      await lose()
      expect(await ended).toMatchObject({ code: expect.stringMatching(code) })
      opened.database.close()

      if (what === 'turns read-only') {
        const review = openProjectDatabase(opened.slipwayFolder)
        expect(review.readOnly).toMatchObject({ kind: 'folder', message: expect.stringContaining('read-only') })
        review.close()
      }
      await disk.restore()
      const again = await openExecution(null, { folder })
      await again.execution.recover({ alone: true })
      const { run, steps } = again.queries.get(runId)
      expect(run).toMatchObject({ state: 'failed', failure: { code: 'tracking/interrupted' } })
      expect(steps.map(({ step, state }) => [step, state])).toEqual([
        ['first', 'completed'],
        ['long', 'failed'],
      ])
      expect(again.queries.history(runId, 'long.loss').length).toBeGreaterThan(5)
      expect(again.database.findDamage()).toEqual([])
      expect((await again.store.verifyAll()).damage).toEqual([])
      expect((await again.run({ steps: ['first'] })).states).toEqual({ first: 'cached' })
      again.database.close()
    },
  )
})
