import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DescribedError } from '../../../core/api/described-error.ts'
import { createJobBoard } from '../../../core/api/job-board.ts'
import { describeFailure, fail } from '../../../core/domain/failure.ts'
import type { Job } from '../../../core/domain/job.ts'

const spec = { kind: 'run', title: 'Train', phases: ['Look', 'Work'], cancellable: true } as const

describe('a job', () => {
  it('answers at once, tells where it stands, and keeps its result', async () => {
    const board = createJobBoard()
    const gate = Promise.withResolvers<void>()
    const job = board.start(spec, async (report) => {
      report({ phase: 'Look', fact: 'first' })
      report({ phase: 'Look', done: 1, total: 2, unit: 'steps' })
      await gate.promise
      return { runId: 'abc', skipped: undefined }
    })
    expect(job).toMatchObject({ state: 'running', title: 'Train', endedAt: null, result: null })
    expect(board.list()[0]?.progress).toEqual({ phase: 'Look', done: 1, total: 2, unit: 'steps', fact: 'first' })
    gate.resolve()
    expect(await board.whenEnded(job.id)).toMatchObject({ state: 'completed', result: { runId: 'abc' }, failure: null })
  })

  it('that fails keeps the three sentences', async () => {
    const board = createJobBoard()
    const job = board.start(spec, () => Promise.reject(fail('project/fileMissing', { path: 'x.py' })))
    expect(await board.whenEnded(job.id)).toMatchObject({ state: 'failed', failure: { code: 'project/fileMissing' } })
    const worded = describeFailure(fail('project/fileMissing', { path: 'y.py' }))
    const other = board.start(spec, () => Promise.reject(new DescribedError(worded)))
    expect((await board.whenEnded(other.id)).failure).toEqual(worded)
  })

  it('that throws before it waits is a failed job, not a crash', async () => {
    const board = createJobBoard()
    const job = board.start(spec, () => {
      throw new TypeError('defect')
    })
    expect(await board.whenEnded(job.id)).toMatchObject({ state: 'failed', failure: { code: 'host/unexpected' } })
  })

  it('is cancelled through its signal', async () => {
    const board = createJobBoard()
    const job = board.start(spec, (_, signal) => sleep(60_000, undefined, { signal }))
    board.cancel(job.id)
    expect(await board.whenEnded(job.id)).toMatchObject({
      state: 'canceled',
      failure: { code: 'execution/canceled', exitCode: 130 },
    })
    expect(() => board.cancel(job.id)).not.toThrow()
  })

  it('that may not be cancelled says so, and one that is not there too', async () => {
    const board = createJobBoard()
    const job = board.start({ ...spec, cancellable: false }, () => sleep(20))
    expect(() => board.cancel(job.id)).toThrowError(expect.objectContaining({ code: 'host/jobNotCancellable' }))
    expect(() => board.cancel('job-x')).toThrowError(expect.objectContaining({ code: 'host/jobNotFound' }))
    await board.whenEnded(job.id)
  })
})

describe('who watches the board', () => {
  it('hears at most ten times a second, and always of the end', async () => {
    const board = createJobBoard()
    const seen: Job[] = []
    board.watch((job) => seen.push(job))
    const job = board.start(spec, async (report) => {
      for (let done = 1; done <= 500; done++) {
        report({ phase: 'Work', done, total: 500, unit: 'rows' })
        await sleep(1)
      }
    })
    const ended = await board.whenEnded(job.id)
    const seconds = (Date.parse(ended.endedAt as string) - Date.parse(ended.startedAt)) / 1000
    expect(seen.length).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 2)
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toMatchObject({ state: 'completed', progress: { done: 500 } })
  })

  it('hears first of what runs already, and nothing once it left', async () => {
    const board = createJobBoard()
    const job = board.start(spec, () => sleep(30))
    const seen: Job[] = []
    const leave = board.watch((one) => seen.push(one))
    expect(seen.map(({ id }) => id)).toEqual([job.id])
    leave()
    await board.whenEnded(job.id)
    expect(seen).toHaveLength(1)
  })

  it('sees a bounded log and a bounded list', async () => {
    const board = createJobBoard()
    const job = board.start(spec, async (report) => {
      for (let line = 0; line < 2_000; line++) report({ phase: 'Work', fact: `line ${line}` })
    })
    const { log } = await board.whenEnded(job.id)
    expect([log.length, log.at(-1)]).toEqual([500, 'line 1999'])
    for (let number = 0; number < 300; number++) await board.whenEnded(board.start(spec, async () => null).id)
    expect(board.list().length).toBeLessThanOrEqual(101)
  })
})

describe('closing the board', () => {
  it('ends what runs and takes nothing new', async () => {
    const board = createJobBoard()
    const job = board.start(spec, (_, signal) => sleep(60_000, undefined, { signal }))
    await board.close()
    expect(board.list()[0]).toMatchObject({ id: job.id, state: 'canceled' })
    expect(() => board.start(spec, async () => null)).toThrowError(
      expect.objectContaining({ code: 'execution/canceled' }),
    )
  })
})
