import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import type { SweepRequest } from '../../../core/domain/sweep.ts'
import { openOptunaSearch } from '../../../core/sweeps/optuna-search.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'
import { openSweeps } from './open-sweeps.ts'

afterAll(removeTestFolders)

const pipeline = `
from slipway import step

@step
def load(*, rows: int = 4):
    return list(range(rows))

@step
def split(load, *, part: int = 2):
    return load[:part]

@step
def train(split, *, C: float = 1.0, kind: str = "plain"):
    if kind == "broken":
        raise ValueError("this kind cannot be trained")
    return {"score": len(split) * 10 - (C - 3) ** 2}
`

/** Waits at a gate that the test opens, so that the test decides when a trial ends. */
const gated = `
import os, time
from slipway import step

@step
def train(*, C: float = 1.0):
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.02)
    return {"score": C}
`

async function openGated() {
  const gate = join(testFolder('gate'), 'open')
  const toml = `name = "test"\npipeline = ["pipeline.py"]\n[steps.train]\ncache = true\nenvironment = { GATE = "${gate}" }\n`
  return { gate, ...(await openSweeps({ 'pipeline.py': gated, 'slipway.toml': toml })) }
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 90_000; !holds() && Date.now() < end; ) await sleep(20)
  expect(holds()).toBe(true)
}

const scores = (trials: readonly { readonly value: number | null }[]) => trials.map(({ value }) => value)

describe('a grid', () => {
  it('makes each run once per param that it depends on, and finds the best', async () => {
    const { sweep, countExecuted, queries, sweepEvents } = await openSweeps({ 'pipeline.py': pipeline })
    const over = { 'split.part': '1,2', 'train.C': '1..3:1' }
    const { ended, trials } = await sweep({ over, parallel: 3, experiment: 'tuning' })
    expect(ended).toMatchObject({ state: 'completed', failure: null, counts: { completed: 6 } })
    expect(scores(trials)).toEqual([6, 9, 10, 16, 19, 20])
    expect(ended.best).toEqual({ trial: 6, runId: trials[5]?.runId, value: 20 })
    expect([countExecuted('load'), countExecuted('split'), countExecuted('train')]).toEqual([1, 2, 6])
    const { runs, total } = queries.list({ filter: `tag.sweep = "${ended.id}" and experiment = tuning` })
    expect(total).toBe(6)
    expect(runs.find(({ tags }) => tags.trial === '6')?.params).toMatchObject({
      'split.part': 2,
      'train.C': 3,
      'load.rows': 4,
    })
    const told = sweepEvents.flatMap((event) =>
      event.kind === 'trial' && event.trial.number === 1 ? [event.trial.state] : [],
    )
    expect(told).toEqual(['running', 'completed'])
  })

  it('records trials that fail, goes on, and gives up after so many in a row', async () => {
    const { sweep, resume, write, sweeps } = await openSweeps({ 'pipeline.py': pipeline })
    const some = await sweep({ over: { 'train.kind': 'plain,broken,other' } })
    expect(some.trials.map(({ state }) => state)).toEqual(['completed', 'failed', 'completed'])
    expect(some.trials[1]?.failure).toMatchObject({
      code: 'execution/stepFailed',
      message: expect.stringContaining('cannot be trained'),
    })
    expect(some.ended.state).toBe('completed')

    const all = await sweep({ over: { 'train.C': '1,2,3,4,5' }, params: { 'train.kind': 'broken' }, maxFailures: 2 })
    expect(all.ended).toMatchObject({ state: 'failed', failure: { code: 'sweeps/tooManyFailures', exitCode: 1 } })
    expect(all.trials.map(({ state }) => state)).toEqual(['failed', 'failed', 'queued', 'queued', 'queued'])
    write('pipeline.py', pipeline.replace('if kind == "broken"', 'if kind == "never"'))
    const mended = await resume(all.ended.id, true)
    expect(mended.trials.map(({ state }) => state)).toEqual(Array(5).fill('completed'))
    await expect(resume(all.ended.id)).rejects.toThrow(/no trial left/)
    expect(sweeps.list().map(({ state }) => state)).toEqual(['completed', 'completed'])
  })

  it('says of a trial which metrics it gave instead', async () => {
    const { sweep } = await openSweeps({ 'pipeline.py': pipeline })
    const { ended, trials } = await sweep({ over: { 'train.C': '1' }, metric: 'train.scroe' })
    expect(ended).toMatchObject({ state: 'failed', failure: { code: 'sweeps/noneCompleted' } })
    expect(trials[0]).toMatchObject({
      state: 'failed',
      failure: { code: 'sweeps/metricMissing', message: expect.stringContaining('did you mean "train.score"?') },
    })
  })

  it('refuses what it cannot search, with the nearest name, and leaves no sweep', async () => {
    const { sweep, sweeps } = await openSweeps({ 'pipeline.py': pipeline })
    const refusals: readonly (readonly [Partial<SweepRequest>, string, RegExp])[] = [
      [{ over: { 'train.D': '1,2' } }, 'execution/paramUnknown', /did you mean "train.C"/],
      [{ over: { 'train.C': '1,x' } }, 'sweeps/badSpace', /not a number/],
      [{ over: { 'train.C': '0.1..1' }, method: 'grid' }, 'sweeps/badRequest', /train.C to take/],
      [{ over: {} }, 'sweeps/badRequest', /no param/],
      [{ over: { 'train.C': '1,2' }, steps: ['split'] }, 'sweeps/badRequest', /does not need step "train"/],
      [{ over: { 'train.C': '1,2' }, params: { 'train.C': 3 } }, 'sweeps/badRequest', /both/],
      [{ over: { 'train.C': '1,2' }, metric: 'trian.score' }, 'sweeps/metricUnknown', /did you mean "train.score"/],
      [{ over: { 'train.C': '1,2' }, steps: ['trian'] }, 'project/stepUnknown', /trian/],
      [{ over: { 'load.rows': '1..100000' } }, 'sweeps/badRequest', /100000 trials/],
    ]
    for (const [request, code, words] of refusals) {
      const error = await sweep(request).catch((thrown: unknown) => thrown)
      expect(isFailure(error) && error.code).toBe(code)
      expect((error as Error).message).toMatch(words)
    }
    expect(sweeps.list()).toEqual([])
    expect(() => sweeps.get('latest')).toThrow(/no sweep/)
  })
})

describe('a random search', () => {
  it('gives the same trials for a seed, in whatever order they end', async () => {
    const { sweep, sweeps } = await openSweeps({ 'pipeline.py': pipeline })
    const request = { over: { 'train.C': '0.1..9', 'load.rows': '1..9' }, trials: 5, seed: 11 } as const
    const first = await sweep({ ...request, method: 'random' })
    const again = await sweep({ ...request, method: 'random', parallel: 3 })
    expect(again.trials.map(({ params }) => params)).toEqual(first.trials.map(({ params }) => params))
    expect(again.trials.map(({ value }) => value)).toEqual(first.trials.map(({ value }) => value))
    const preview = await sweeps.plan({ steps: [], metric: 'train.score', goal: 'max', ...request })
    expect(preview).toMatchObject({ plan: { method: 'random', trials: 5 } })
    expect(preview.first).toEqual(first.trials.map(({ params }) => params))
  })
})

describe('stopping early', () => {
  it('ends a trial that logs worse than the median of those before, and says why', async () => {
    const code = `
import time
from slipway import step, log_metric

@step
def train(*, level: int = 1):
    for i in range(4):
        log_metric("score", level * (i + 1), iteration=i)
    if level == 0:
        time.sleep(600)
    return {"score": level * 4}
`
    const { sweep, queries } = await openSweeps({ 'pipeline.py': code })
    const stopEarly = { rule: 'median', warmUpTrials: 3, warmUpIterations: 2 } as const
    const { ended, trials } = await sweep({ over: { 'train.level': '3,4,5,0,6' }, stopEarly })
    expect(trials.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed', 'stopped', 'completed'])
    expect(ended).toMatchObject({
      state: 'completed',
      counts: { completed: 4, stopped: 1 },
      best: { trial: 5, value: 24 },
    })
    expect(trials[3]).toMatchObject({ value: 0, failure: { code: 'sweeps/stoppedEarly' } })
    expect(queries.run(trials[3]?.runId as string)).toMatchObject({
      state: 'canceled',
      failure: { code: 'sweeps/stoppedEarly', message: expect.stringContaining('the median of the finished trials') },
    })
  })
})

describe('stopping early where it cannot', () => {
  it('says that the metric has no iterations, and says nothing where it has or where none is asked for', async () => {
    const code = `
from slipway import step, log_metric

@step
def train(*, level: int = 1):
    for i in range(3):
        log_metric("loss", level * i, iteration=i)
    return {"score": level}
`
    const { sweep, sweeps } = await openSweeps({ 'pipeline.py': code })
    const stopEarly = { rule: 'median', warmUpTrials: 1, warmUpIterations: 1 } as const
    const over = { 'train.level': '3,2' }
    const silent = await sweep({ over, stopEarly })
    expect(silent.trials.map(({ state }) => state)).toEqual(['completed', 'completed'])
    expect(silent.notes).toEqual([expect.stringMatching(/train\.score is not logged with an iteration.*iteration=/)])
    expect(sweeps.get(silent.sweep.id).notes).toEqual(silent.notes)
    expect((await sweep({ over, stopEarly, metric: 'train.loss' })).notes).toBeUndefined()
    expect((await sweep({ over })).notes).toBeUndefined()
  }, 60_000)
})

describe('cancelling', () => {
  it('leaves nothing running, and what is missing can be gone on with', async () => {
    const { sweeps, quiet, gate, queries, journal, resume, countExecuted } = await openGated()
    const abort = new AbortController()
    const request = { steps: [], over: { 'train.C': '1,2,3' }, metric: 'train.score', goal: 'max', seed: 1 } as const
    const { sweep, done } = await sweeps.start(request, quiet(abort.signal))
    await until(() => journal.list().length === 1)
    await expect(sweeps.resume(sweep.id, false, quiet(abort.signal))).rejects.toThrow(/is running/)
    abort.abort()
    expect(await done).toMatchObject({ state: 'canceled', failure: { exitCode: 130 } })
    expect(journal.list()).toEqual([])
    expect(queries.list({ filter: 'state = running' }).total).toBe(0)
    expect(sweeps.get(sweep.id).trials.map(({ state }) => state)).toEqual(['canceled', 'queued', 'queued'])
    mkdirSync(gate)
    expect(scores((await resume(sweep.id)).trials)).toEqual([1, 2, 3])
    expect(countExecuted('train')).toBe(3)
  })

  it('ends one trial alone, and the sweep goes on', async () => {
    const { sweeps, quiet, gate, journal } = await openGated()
    const request = { steps: [], over: { 'train.C': '1,2' }, metric: 'train.score', goal: 'max', seed: 1 } as const
    const { sweep, done } = await sweeps.start(request, quiet(new AbortController().signal))
    await until(() => journal.list().length === 1)
    expect(sweeps.cancelRun('nobody')).toBe(false)
    expect(sweeps.cancelRun(sweeps.get(sweep.id).trials[0]?.runId as string)).toBe(true)
    mkdirSync(gate)
    expect((await done).state).toBe('completed')
    expect(sweeps.get(sweep.id).trials.map(({ state }) => state)).toEqual(['canceled', 'completed'])
  })
})

/** Starts a core of its own that runs the sweep, and waits until it has said `word`. */
async function startCore(folder: string, environment: string, request: object, word: string): Promise<ChildProcess> {
  const script = resolve(import.meta.dirname, 'sweep-process.ts')
  const core = spawn(process.execPath, [script, folder, testFolder('home'), environment, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  core.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.includes(word) || core.exitCode !== null)
  expect(said).toContain(word)
  return core
}

async function killAndWait(core: ChildProcess): Promise<void> {
  const gone = new Promise((done) => core.once('exit', done))
  core.kill('SIGKILL')
  await gone
}

const waitsAtThird = `
import os, time
from slipway import step

@step
def train(*, C: float = 1.0, at: float = 0.0):
    with open(os.path.join(os.environ["COUNTS"], f"{C}-{os.getpid()}"), "w"):
        pass
    while len(os.listdir(os.environ["COUNTS"])) == 3 and not os.path.exists(os.environ["GATE"]):
        time.sleep(0.02)
    return {"score": -(C - 3) ** 2 - at}
`

async function openThird(environment: 'bare' | 'search') {
  const counts = testFolder('counts')
  const gate = join(testFolder('gate'), 'open')
  const variables = `{ GATE = "${gate}", COUNTS = "${counts}" }`
  const toml = `name = "test"\npipeline = ["pipeline.py"]\n[steps.train]\ncache = true\nenvironment = ${variables}\n`
  const opened = await openSweeps({ 'pipeline.py': waitsAtThird, 'slipway.toml': toml }, { environment })
  return { ...opened, gate }
}

describe('after core was killed', () => {
  it('goes on with the trials that are missing and repeats none that completed', async () => {
    const { folder, gate } = await openThird('bare')
    const request = {
      steps: [],
      over: { 'train.C': '1..9' },
      method: 'random',
      trials: 5,
      metric: 'train.score',
      goal: 'max',
      seed: 5,
    }
    await killAndWait(await startCore(folder, 'bare', request, 'trial 3 running'))
    mkdirSync(gate)
    const { sweeps, execution, resume, countExecuted, quiet } = await openSweeps(null, { folder })
    await execution.recover()
    sweeps.recover()
    const cut = sweeps.get('latest')
    expect(cut.sweep).toMatchObject({ state: 'failed', failure: { code: 'sweeps/interrupted' } })
    expect(cut.trials.map(({ state }) => state)).toEqual(['completed', 'completed', 'canceled', 'queued', 'queued'])
    const whole = await resume('latest')
    expect(whole.sweep.state).toBe('completed')
    expect(whole.trials.slice(0, 2)).toEqual(cut.trials.slice(0, 2))
    expect(whole.trials.map(({ params }) => params)).toEqual(cut.trials.map(({ params }) => params))
    expect(countExecuted('train')).toBe(5)
    expect((await sweeps.plan(request as never)).first).toEqual(whole.trials.map(({ params }) => params))
    await expect(sweeps.resume('latest', false, quiet(new AbortController().signal))).rejects.toThrow(/no trial left/)
  })

  it('asks a search that learns for the very trials that it would have given uncut', async () => {
    const { folder, gate } = await openThird('search')
    const over = { 'train.C': '0.0..9.0', 'train.at': '0,1,2' }
    const request = { steps: [], over, method: 'bayes', trials: 14, metric: 'train.score', goal: 'max', seed: 5 }
    await killAndWait(await startCore(folder, 'search', request, 'trial 3 running'))
    mkdirSync(gate)
    const cut = await openSweeps(null, { folder, environment: 'search' })
    await cut.execution.recover()
    cut.sweeps.recover()
    const resumed = await cut.resume('latest')
    expect(resumed.sweep).toMatchObject({ state: 'completed', counts: { completed: 14 } })
    const uncut = await cut.sweep(request as never)
    expect(resumed.trials.map(({ params }) => params)).toEqual(uncut.trials.map(({ params }) => params))
    expect(existsSync(join(folder, '.slipway', 'beside'))).toBe(false)
  })
})

describe('a search that learns', () => {
  it('looks more and more where the best is, and the same for a seed', async () => {
    const { environments } = await openSweeps({ 'pipeline.py': pipeline }, { environment: 'search' })
    const range = { kind: 'range', low: 0, high: 10, integer: false, log: false, step: null, points: null } as const
    const plan = {
      steps: [],
      method: 'bayes',
      space: [{ key: 'train.C', space: range }],
      fixed: {},
      metric: 'train.score',
      goal: 'max',
      trials: 40,
      parallel: 1,
      seed: 4,
      stopEarly: null,
      maxFailures: 5,
      experiment: null,
    } as const
    async function distances(): Promise<readonly number[]> {
      const options = { report: () => undefined, signal: new AbortController().signal }
      const search = await openOptunaSearch(environments.packagesBeside, plan, [], options)
      const asked: number[] = []
      for (let number = 1; number <= plan.trials; number++) {
        const C = (await search.ask(number))['train.C'] as number
        asked.push(Math.abs(C - 7))
        await search.tell(number, { state: 'completed', value: -((C - 7) ** 2), iteration: null, failure: null })
      }
      await search.close()
      return asked
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const found = await distances()
    expect(mean(found.slice(20))).toBeLessThan(mean(found.slice(0, 10)) / 2)
    expect(await distances()).toEqual(found)
  })

  it('tells what to do where Optuna cannot be had', async () => {
    const { sweep } = await openSweeps({ 'pipeline.py': pipeline })
    const { ended, trials } = await sweep({ over: { 'train.C': '0.1..9' }, method: 'bayes', trials: 3 })
    expect(ended).toMatchObject({
      state: 'failed',
      failure: { code: 'sweeps/searchUnavailable', exitCode: 3, remedy: expect.stringContaining('--method random') },
    })
    expect(trials).toEqual([])
  })

  it('asks for several at once, takes failures and stops, and goes on from all of them', async () => {
    const { sweep, resume } = await openSweeps({ 'pipeline.py': pipeline }, { environment: 'search' })
    const request = {
      over: { 'train.C': '0.1..9', 'train.kind': 'plain,broken' },
      method: 'bayes',
      trials: 8,
      parallel: 3,
    } as const
    const { ended, trials } = await sweep({ ...request, maxFailures: 8 })
    expect(ended.state).toBe('completed')
    expect(trials).toHaveLength(8)
    expect(ended.counts.failed).toBeGreaterThan(0)
    const again = await resume(ended.id, true)
    expect(again.trials.map(({ params }) => params)).toEqual(trials.map(({ params }) => params))
  })
})
