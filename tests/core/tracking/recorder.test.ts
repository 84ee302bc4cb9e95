import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent, StepFailure } from '../../../core/domain/run.ts'
import { createRecorder } from '../../../core/tracking/create-recorder.ts'
import { findProcess, isSameProcessAlive, ownIdentity } from '../../../core/tracking/process-identity.ts'
import { digestLike, openRecording, point, type Recording, someEnvironment, someTime } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

const failure: StepFailure = {
  kind: 'exception',
  message: 'boom',
  remedy: 'look',
  exceptionType: 'ValueError',
  frames: [],
  exitCode: 1,
  signal: null,
}
const end = { endedAt: '2026-01-02T03:04:09.000Z', durationMs: 4000, failure, logDigest: null }

describe('a run', () => {
  it('is read back with everything that was recorded of it', async () => {
    const { runId, stepRunIds } = at.startRun(['raw', 'train'], {
      params: { 'train.C': 0.5, 'train.kernel': 'rbf', 'raw.path': null },
      tags: { team: 'blue' },
      experiment: 'first',
      git: { commit: 'abc', branch: 'main', diffDigest: null },
    })
    expect(runId).toMatch(/^[a-z2-7]{12}$/)
    const table = await at.give('raw', '{"rows":3}', { kind: 'table', summary: { rows: 3 } })
    await at.doStep(stepRunIds.raw!, { step: 'raw', gives: [table], log: 'read 3 rows\n' })
    await at.doStep(stepRunIds.train!, {
      step: 'train',
      params: { C: 0.5 },
      inputs: [{ name: 'raw', digest: table.descriptor.digest }],
      metrics: [
        point('train.loss', 2, 0),
        point('train.loss', 'NaN', 1),
        point('train.loss', 1.5, 2),
        point('train.gain', 'Infinity'),
      ],
    })
    at.recorder.recordEnvironment(runId, someEnvironment)
    at.recorder.setTag(runId, 'note', 'good')
    at.recorder.setTag(runId, 'team', null)
    at.finish(runId)

    const detail = at.runs.get(runId)
    expect(detail.run).toMatchObject({
      id: runId,
      experiment: 'first',
      state: 'completed',
      params: { 'train.C': 0.5, 'train.kernel': 'rbf', 'raw.path': null },
      metrics: { 'train.loss': 1.5, 'train.gain': 'Infinity' },
      tags: { note: 'good' },
      totalSteps: 2,
      cachedSteps: 0,
    })
    expect(detail.steps.map(({ step, state }) => [step, state])).toEqual([
      ['raw', 'completed'],
      ['train', 'completed'],
    ])
    expect(detail.artifacts).toEqual([{ ...table, step: 'raw', runId, stepRunId: stepRunIds.raw }])
    expect(detail.environment).toEqual(someEnvironment)
    expect(detail.git).toEqual({ commit: 'abc', branch: 'main', diffDigest: null })
    expect(at.runs.history(runId, 'train.loss').map(({ iteration, value }) => [iteration, value])).toEqual([
      [0, 2],
      [1, 'NaN'],
      [2, 1.5],
    ])
    expect(await at.runs.log(runId, 'raw')).toEqual({ text: 'read 3 rows\n', truncated: false })
    expect(await at.runs.source(runId, 'train')).toEqual({ module: 'pipeline.py', text: 'def train(): ...\n' })
  })

  it('lets a step go only from one state to a later one', async () => {
    const { runId, stepRunIds } = at.startRun(['raw'])
    await at.doStep(stepRunIds.raw!, { step: 'raw' })
    const wrongState = expect.objectContaining({ code: 'tracking/wrongState' })
    expect(() => at.recorder.stepFailed(stepRunIds.raw!, end)).toThrow(wrongState)
    expect(() => at.recorder.stepSkipped(stepRunIds.raw!)).toThrow(wrongState)
    at.finish(runId)
    expect(() => at.recorder.logMetrics(runId, [point('x.y', 1)])).toThrow(wrongState)
    expect(() => at.finish(runId)).toThrow(wrongState)
    expect(at.runs.run(runId).metrics).toEqual({})
  })

  it('keeps the failure of a step, and closes what it leaves open when it ends', () => {
    const { runId, stepRunIds } = at.startRun(['raw', 'train', 'report'])
    at.recorder.stepFailed(stepRunIds.raw!, end)
    at.recorder.stepSkipped(stepRunIds.train!)
    const describedFailure = { code: 'x/y', exitCode: 1, message: 'm', kept: 'k', remedy: 'r', details: {} } as const
    at.recorder.finishRun(runId, { state: 'failed', endedAt: someTime, durationMs: 1, failure: describedFailure })
    const { run, steps } = at.runs.get(runId)
    expect(run.failure).toEqual(describedFailure)
    expect(steps[0]).toMatchObject({ state: 'failed', failure, durationMs: 4000 })
    expect(steps.slice(1).map((step) => step.state)).toEqual(['skipped', 'skipped'])
  })

  it('records a completed step whole or not at all', async () => {
    const { runId, stepRunIds } = at.startRun(['raw'])
    const twice = await at.give('raw', '{}')
    await expect(
      at.doStep(stepRunIds.raw!, { step: 'raw', gives: [twice, twice], metrics: [point('raw.x', 1)] }),
    ).rejects.toThrow()
    const { run, steps, artifacts } = at.runs.get(runId)
    expect([steps[0]!.state, artifacts, run.metrics]).toEqual(['running', [], {}])
    expect(at.lineage.walk(`stepRun:${stepRunIds.raw}`, 'down').edges).toEqual([])
  })

  it('announces what happened, in order, after it is durable', async () => {
    const heard: string[] = []
    const stop = at.recorder.watch((event: RunEvent) => {
      if (event.kind === 'run') expect(at.runs.run(event.run.id)).toEqual(event.run)
      if (event.kind === 'stepRun') expect(at.runs.stepRun(event.stepRun.id)).toEqual(event.stepRun)
      heard.push(event.kind === 'stepRun' ? `${event.stepRun.step} ${event.stepRun.state}` : event.kind)
    })
    const { runId, stepRunIds } = at.startRun(['raw'])
    await at.doStep(stepRunIds.raw!, { step: 'raw', gives: [await at.give('raw', '1')], metrics: [point('raw.x', 1)] })
    at.recorder.announceLog({ runId, step: 'raw', stream: 'stdout', text: 'hello' })
    at.finish(runId)
    stop()
    at.recorder.setTag(runId, 'late', 'unheard')
    expect(heard).toEqual(['run', 'raw queued', 'raw running', 'metric', 'artifact', 'raw completed', 'log', 'run'])
  })

  it('gives ids whose first four characters name one run', () => {
    const ids = Array.from({ length: 300 }, () => at.startRun([]).runId)
    expect(new Set(ids.map((id) => id.slice(0, 4))).size).toBe(300)
    expect(ids.map((id) => at.runs.resolveRun(id.slice(0, 4)))).toEqual(ids)
    expect(at.runs.resolveRun('latest')).toBe(ids.at(-1))
    expect(() => at.runs.get('zzz')).toThrow(expect.objectContaining({ code: 'tracking/runNotFound' }))
  })
})

describe('a cached step run', () => {
  it('gives its run the same artifacts, metrics and logged params, and leaves no hole in the lineage', async () => {
    const first = at.startRun(['raw', 'model'], { params: { 'model.C': 1 } })
    const raw = await at.give('raw', '[1,2]')
    const model = await at.give('model', '{"weights":1}')
    const data = { path: 'data/wine.csv', digest: digestLike('d') }
    await at.doStep(first.stepRunIds.raw!, { step: 'raw', gives: [raw], filesRead: [data], log: 'reading\n' })
    await at.doStep(first.stepRunIds.model!, {
      step: 'model',
      params: { C: 1 },
      inputs: [{ name: 'raw', digest: raw.descriptor.digest }],
      gives: [model],
      metrics: [point('model.accuracy', 0.9, 1), point('model.accuracy', 0.95, 2)],
    })
    at.recorder.setParam(first.runId, 'model.chosen', 'l2')
    at.finish(first.runId)

    // The third reuses the second, which reuses the first: all stand for the one that was executed.
    let reused = first
    for (let round = 0; round < 2; round++) {
      const next = at.startRun(['raw', 'model'], { params: { 'model.C': 1 } })
      for (const step of ['raw', 'model']) {
        at.recorder.stepCached(next.stepRunIds[step]!, { reuses: reused.stepRunIds[step]!, savedMs: 2500, reasons: [] })
      }
      at.finish(next.runId)
      reused = next
    }
    const { run, steps, artifacts } = at.runs.get(reused.runId)
    expect(run).toMatchObject({ cachedSteps: 2, metrics: { 'model.accuracy': 0.95 } })
    expect(run.params).toEqual({ 'model.C': 1, 'model.chosen': 'l2' })
    expect(at.runs.history(reused.runId, 'model.accuracy')).toHaveLength(2)
    expect(steps[1]).toMatchObject({ state: 'cached', reuses: first.stepRunIds.model, savedMs: 2500 })
    expect(artifacts.map(({ name, runId, descriptor }) => [name, runId, descriptor.digest])).toEqual([
      ['raw', reused.runId, raw.descriptor.digest],
      ['model', reused.runId, model.descriptor.digest],
    ])
    expect((await at.runs.log(reused.runId, 'raw')).text).toBe('reading\n')

    const up = at.lineage.walk(reused.runId, 'up')
    const kinds = (kind: string) => up.nodes.filter((node) => node.kind === kind)
    expect(kinds('file').map((node) => node.digest)).toEqual([data.digest])
    expect(kinds('source')).toHaveLength(2)
    expect(kinds('params')).toHaveLength(1)
    expect(kinds('environment').map((node) => node.digest)).toEqual([someEnvironment.lockDigest])
    expect(
      kinds('stepRun')
        .map((node) => node.id)
        .sort(),
    ).toEqual(
      Object.values(reused.stepRunIds)
        .map((id) => `stepRun:${id}`)
        .sort(),
    )
    const down = at.lineage.walk(data.digest, 'down')
    expect(down.nodes.filter((node) => node.kind === 'stepRun')).toHaveLength(6)
    expect(down.nodes.some((node) => node.digest === model.descriptor.digest)).toBe(true)
  })

  it('does not reuse what did not complete', () => {
    const first = at.startRun(['raw'])
    at.recorder.stepFailed(first.stepRunIds.raw!, end)
    const second = at.startRun(['raw'])
    expect(() =>
      at.recorder.stepCached(second.stepRunIds.raw!, { reuses: first.stepRunIds.raw!, savedMs: 0, reasons: [] }),
    ).toThrow(expect.objectContaining({ code: 'tracking/wrongState' }))
    expect(at.runs.get(second.runId).steps[0]!.state).toBe('queued')
  })
})

describe('a run whose owner died', () => {
  const isAlive = isSameProcessAlive

  it('becomes failed: interrupted, with what was acknowledged kept', async () => {
    const gone = { pid: 2 ** 22 - 1, startedAt: '1', bootId: null }
    const { runId, stepRunIds } = at.startRun(['raw', 'train', 'report'], { owner: gone })
    await at.doStep(stepRunIds.raw!, {
      step: 'raw',
      gives: [await at.give('raw', '1')],
      metrics: [point('raw.rows', 3)],
    })
    const own = ownIdentity()
    const start = {
      startedAt: someTime,
      pid: gone.pid,
      owner: own,
      module: 'pipeline.py',
      params: {},
      sourceDigest: digestLike('a'),
      sources: [],
      environment: null,
    }
    at.recorder.stepStarted(stepRunIds.train!, start)
    const living = at.startRun(['raw'])

    expect(at.recorder.recoverInterrupted(isAlive).map((run) => run.id)).toEqual([runId])
    const { run, steps, artifacts } = at.runs.get(runId)
    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'tracking/interrupted' },
      metrics: { 'raw.rows': 3 },
    })
    expect(run.durationMs).toBeGreaterThanOrEqual(0)
    expect(steps.map((step) => step.state)).toEqual(['completed', 'failed', 'skipped'])
    expect(steps[1]).toMatchObject({ failure: { kind: 'interrupted' } })
    expect(artifacts).toHaveLength(1)
    expect(at.runs.run(living.runId).state).toBe('running')
    expect(at.recorder.recoverInterrupted(isAlive)).toEqual([])
  })

  it('is left as it is in a project that is open for review only', () => {
    const { runId } = at.startRun(['raw'], { owner: { pid: 2 ** 22 - 1, startedAt: '1', bootId: null } })
    const reviewed = { ...at.database, readOnly: { kind: 'folder', message: 'it may not be written.' } } as const
    const reviewer = createRecorder({ database: reviewed, lineage: at.lineage })
    expect(reviewer.recoverInterrupted(isAlive)).toEqual([])
    expect(at.runs.run(runId).state).toBe('running')
  })

  it('f19-is told apart from a later process of the same number', () => {
    const own = ownIdentity()
    expect(isAlive(own)).toBe(true)
    expect(isAlive({ ...own, startedAt: '12345' })).toBe(false)
    expect(isAlive({ ...own, bootId: 'another-boot' })).toBe(false)
    expect(isAlive({ pid: own.pid, startedAt: null, bootId: null })).toBe(true)
    expect(findProcess(0)).toBe(null)
  })

  it('does not count the remains of a process as alive', async () => {
    const child = spawn('sleep', ['30'])
    const identity = findProcess(child.pid!)!
    expect(isAlive(identity)).toBe(true)
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await ended
    expect(isAlive(identity)).toBe(false)
  })
})
