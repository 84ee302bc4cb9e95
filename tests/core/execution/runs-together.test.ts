import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import { createProcessors } from '../../../core/execution/processors.ts'
import type { RunQueries } from '../../../core/tracking/run-reader.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

/** Each step says that it began, and ends when the test lets it, so that nothing hangs on how fast anything is. */
const pipeline = `
import os, pathlib, time
from slipway import step

def meet(name):
    folder = os.environ["MEETING"]
    with open(os.path.join(folder, f"{name}.{os.getpid()}"), "w"):
        pass
    while not os.path.exists(os.path.join(folder, "go")):
        time.sleep(0.02)

@step
def load(*, rows: int = 3):
    meet("load")
    return list(range(rows))

@step
def train(load, *, C: float = 1.0):
    meet("train")
    return {"score": C * len(load)}
`

type Opened = Awaited<ReturnType<typeof openExecution>>

async function openMeeting(code: string, more: Parameters<typeof openExecution>[1] = {}) {
  const opened = await openExecution({ 'pipeline.py': code }, { cpus: 8, ...more })
  const meeting = join(opened.folder, '..', 'meeting')
  mkdirSync(meeting)
  const variables = ['load', 'train'].map((step) => `[steps.${step}]\nenvironment = { MEETING = "${meeting}" }\n`)
  opened.write('slipway.toml', `name = "test"\npipeline = ["pipeline.py"]\n${variables.join('')}`)
  return { ...opened, meeting }
}

async function start({ execution }: Opened, params: Record<string, JsonValue>, signal = new AbortController().signal) {
  return execution.start({ steps: [], params }, { report: () => undefined, signal, together: true })
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !holds() && Date.now() < end; ) await sleep(20)
  expect(holds()).toBe(true)
}

const statesOf = ({ queries }: Opened, runId: string) =>
  Object.fromEntries(queries.get(runId).steps.map((step) => [step.step, step.state]))

describe('runs that go together', () => {
  it('make once what two of them need at the same moment, and run the rest side by side', async () => {
    const opened = await openMeeting(pipeline)
    const { meeting, events } = opened
    const began = (step: string) =>
      events.filter(
        (event) => event.kind === 'stepRun' && event.stepRun.step === step && event.stepRun.state === 'running',
      ).length
    // Seen once, so that its steps are known to leave the files of the project alone.
    opened.write('../meeting/go', '')
    await opened.run()
    rmSync(join(meeting, 'go'))

    const runs = [
      await start(opened, { 'load.rows': 5, 'train.C': 2 }),
      await start(opened, { 'load.rows': 5, 'train.C': 3 }),
    ]
    await until(() => began('load') === 2)
    await sleep(300)
    expect(began('load')).toBe(2)
    opened.write('../meeting/go', '')
    const ended = await Promise.all(runs.map(({ done }) => done))
    expect(ended.map(({ state, metrics }) => [state, metrics['train.score']])).toEqual([
      ['completed', 10],
      ['completed', 15],
    ])
    const states = runs.map(({ runId }) => statesOf(opened, runId))
    expect(states.map(({ load }) => load).sort()).toEqual(['cached', 'completed'])
    expect(states.map(({ train }) => train)).toEqual(['completed', 'completed'])
  })

  it('reuse what another gave while they looked at what there was', async () => {
    /** What was there when the run was planned and each step's turn came: as for a run that is held up from then on. */
    let before: ReturnType<RunQueries['findStepRunsBySteps']> | null = null
    const held = new Set(['load', 'train'])
    const opened = await openMeeting(pipeline, {
      queriesWith: (queries) => ({
        ...queries,
        findStepRunsBySteps: (steps, limit) =>
          before !== null && (steps.length > 1 || held.delete(steps.join()))
            ? before
            : queries.findStepRunsBySteps(steps, limit),
      }),
    })
    opened.write('../meeting/go', '')
    await opened.run()
    const found = opened.queries.findStepRunsBySteps(['load', 'train'], 100)
    await opened.run({ params: { 'load.rows': 5 } })
    before = found
    const { states } = await opened.run({ params: { 'load.rows': 5 } })
    expect([...held]).toEqual([])
    expect(states).toEqual({ load: 'cached', train: 'cached' })
  })

  it('go one after the other until their steps were seen to write nothing, and for good when they write', async () => {
    const opened = await openMeeting(
      `${pipeline.replace('    meet("train")\n', '    with open("report.txt", "w") as f:\n        f.write(str(C))\n    meet("train")\n')}`,
    )
    const { events, folder } = opened
    opened.write('../meeting/go', '')
    const runs = []
    for (const C of [1, 2, 3]) runs.push(await start(opened, { 'train.C': C }))
    await Promise.all(runs.map(({ done }) => done))
    const trains = events.flatMap((event) =>
      event.kind === 'stepRun' &&
      event.stepRun.step === 'train' &&
      ['running', 'completed'].includes(event.stepRun.state)
        ? [event.stepRun.state]
        : [],
    )
    expect(trains).toEqual(['running', 'completed', 'running', 'completed', 'running', 'completed'])
    expect(readFileSync(join(folder, 'report.txt'), 'utf8')).toBe('3')
  })

  it('take over the work of one that was cancelled, and record the reason that was given', async () => {
    const opened = await openMeeting(pipeline)
    const { queries, meeting } = opened
    opened.write('../meeting/go', '')
    await opened.run()
    rmSync(join(meeting, 'go'))
    const abort = new AbortController()
    const first = await start(opened, { 'load.rows': 7 }, abort.signal)
    await until(() => queries.get(first.runId).steps.some(({ state }) => state === 'running'))
    const second = await start(opened, { 'load.rows': 7 })
    await sleep(200)
    abort.abort(fail('execution/paramUnknown', { key: 'why.not', nearest: null }))
    expect(await first.done).toMatchObject({ state: 'canceled', failure: { code: 'execution/paramUnknown' } })
    opened.write('../meeting/go', '')
    expect(await second.done).toMatchObject({ state: 'completed' })
    expect(statesOf(opened, second.runId)).toEqual({ load: 'completed', train: 'completed' })
  })
})

describe('processors', () => {
  it('are never given out twice, come in order of asking, and come back from work that throws', async () => {
    const processors = createProcessors(2)
    const signal = new AbortController().signal
    let busy = 0
    let most = 0
    const order: number[] = []
    const work = (name: number, share: number, ends = false) =>
      processors.use({ cpus: share, memoryBytes: null }, signal, async () => {
        order.push(name)
        busy += Math.min(share, 2)
        most = Math.max(most, busy)
        await sleep(5)
        busy -= Math.min(share, 2)
        if (ends) throw new Error('no')
      })
    const all = [work(1, 1), work(2, 2), work(3, 1, true), work(4, 9), work(5, 1)]
    const ends = await Promise.allSettled(all)
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(order).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })

  it('keeps a step waiting for the memory that it declares', async () => {
    const processors = createProcessors(4, 1_000)
    const { signal } = new AbortController()
    const order: string[] = []
    const first = Promise.withResolvers<void>()
    const ask = (name: string, memoryBytes: number | null, until: Promise<void> = Promise.resolve()) =>
      processors.use({ cpus: 1, memoryBytes }, signal, async () => {
        order.push(`${name} starts`)
        await until
        order.push(`${name} ends`)
      })
    const all = [ask('a', 700, first.promise), ask('small', null), ask('b', 700), ask('greedy', 5_000)]
    await all[1]
    expect(order).toEqual(['a starts', 'small starts', 'small ends'])
    first.resolve()
    await Promise.all(all)
    expect(order.slice(3)).toEqual(['a ends', 'b starts', 'b ends', 'greedy starts', 'greedy ends'])
  })

  it('are not kept by one who left the queue', async () => {
    const processors = createProcessors(1)
    const abort = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    const first = processors.use({ cpus: 1, memoryBytes: null }, new AbortController().signal, () => promise)
    const second = processors.use({ cpus: 1, memoryBytes: null }, abort.signal, async () => 'second')
    const third = processors.use({ cpus: 1, memoryBytes: null }, new AbortController().signal, async () => 'third')
    abort.abort('left')
    await expect(second).rejects.toBe('left')
    resolve()
    await first
    expect(await third).toBe('third')
  })
})
