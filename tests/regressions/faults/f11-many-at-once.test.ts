import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { openWindow, type WindowLine } from '../../builders/window-line.ts'
import { openExecution } from '../../core/execution/open-execution.ts'
import { removeTestFolders } from '../../core/execution/test-folder.ts'

const writers = Array.from({ length: 8 }, (_, index) => `writer_${index}`)
const points = 3_000
const pipeline = `from slipway import step, log_metric

${writers
  .map(
    (name) =>
      `@step\ndef ${name}():\n    for i in range(${points}): log_metric("loss", i, iteration=i)\n    return 1\n`,
  )
  .join('\n')}`
const inOrder = Array.from({ length: points }, (_, index) => index)
/** How SQLite and our own words say that two got in each other's way. */
const collision = /SQLITE_BUSY|database is locked|database\/busy/

let slipway: CommandLine
let work: string
beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'slipway-many-'))
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
  removeTestFolders()
})

describe('f11 many at once on one project', { timeout: 240_000 }, () => {
  it('f11 eight step processes that log at the same time: every point of each, in order', async () => {
    const { run, queries, database } = await openExecution({ 'pipeline.py': pipeline }, { cpus: 8 })
    const { run: ran, steps } = await run()
    expect(ran.failure).toBeNull()
    const spans = steps.map((step) => ('startedAt' in step && 'endedAt' in step ? [step.startedAt, step.endedAt] : []))
    const lastStart = spans.map(([start]) => String(start)).sort()[7] as string
    expect(spans.filter(([, end]) => String(end) > lastStart).length).toBeGreaterThan(1)
    for (const writer of writers) {
      expect(queries.history(ran.id, `${writer}.loss`).map(({ value }) => value)).toEqual(inOrder)
    }
    expect(database.findDamage()).toEqual([])
  })

  it('f11 two windows of hosts of their own, and the shell, while steps log: no update is lost, nobody is told of a lock', async () => {
    const folder = writeBlankProject(join(work, 'shared'), pipeline)
    expect((await slipway.run(['env', 'sync', '--trust', '-q'], { folder })).code).toBe(0)
    const first = await openWindow(slipway, folder)
    const second = await openWindow(slipway, folder)
    const holder = JSON.parse(readFileSync(join(folder, '.slipway/core.lock'), 'utf8')).pid
    expect(holder).toBe(first.command.process.pid)
    const seen: string[] = []
    second.api.runs.watch({}, (event) => seen.push(event.kind))
    await first.api.project.trust({})
    const { runId } = await first.api.runs.start({ steps: [], params: {} })

    const [shell] = await Promise.all([
      Promise.all(Array.from({ length: 4 }, () => slipway.run(['runs', '--json'], { folder }))),
      tagAll(first, runId, 'first'),
      tagAll(second, runId, 'second'),
      askUntilEnded(second, runId),
    ])
    const shown = await slipway.run(['show', runId, '--json'], { folder })
    expect(shown.json()).toMatchObject({ run: { state: 'completed' } })
    for (const { code, stdout, stderr } of [...shell, shown]) {
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).not.toMatch(collision)
    }
    const { run } = await second.api.runs.get({ run: runId })
    const expected = ['first', 'second'].flatMap((who) => Array.from({ length: 60 }, (_, n) => [`${who} ${n}`, `${n}`]))
    expect(run.tags).toEqual(Object.fromEntries(expected))
    for (const writer of writers) {
      const history = await first.api.runs.history({ run: runId, key: `${writer}.loss` })
      expect(history.map(({ value }) => value)).toEqual(inOrder)
    }
    expect(new Set(seen)).toEqual(new Set(['run', 'stepRun', 'metric', 'artifact']))
    await second.close()
    await first.close()
    for (const { command } of [first, second]) {
      const { stdout, stderr } = await command.ended
      expect(stdout + stderr).not.toMatch(collision)
    }
    expect((await slipway.run(['doctor', '--json'], { folder })).json()).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: 'database', state: 'ok' })]),
    })
  })
})

async function tagAll(line: WindowLine, run: string, who: string): Promise<void> {
  await Promise.all(Array.from({ length: 60 }, (_, n) => line.api.runs.tag({ run, key: `${who} ${n}`, value: `${n}` })))
}

async function askUntilEnded(line: WindowLine, run: string): Promise<void> {
  for (const end = performance.now() + 200_000; performance.now() < end; ) {
    const { runs } = await line.api.runs.list({})
    if (runs.find(({ id }) => id === run)?.endedAt != null) return
  }
  throw new Error('the run did not end')
}
