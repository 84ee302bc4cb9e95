import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sweep, SweepDetail } from '../../../core/domain/sweep.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `
import os, time
from slipway import step

@step
def train(*, C: float = 1.0, depth: int = 2):
    while C > 100 and not os.path.exists("never"):
        time.sleep(0.05)
    return {"score": C * depth, "loss": 1 / C}
`
let slipway: CommandLine
let folder: string
let running: ReturnType<CommandLine['start']> | null = null

beforeAll(() => {
  slipway = createCommandLine()
  folder = writeBlankProject(mkdtempSync(join(tmpdir(), 'sweep-')), pipeline)
})
afterAll(() => {
  running?.process.kill('SIGKILL')
  slipway.remove()
  rmSync(folder, { recursive: true, force: true })
})

const sweep = (...args: string[]) => slipway.run(['sweep', ...args], { folder })

describe('slipway sweep', () => {
  it('starts, shows and lists one, with the documents of the contract', { timeout: 180_000 }, async () => {
    const over = ['--over', 'train.C=1,10', '--over', 'train.depth=2..4:2']
    const started = await sweep('start', ...over, '--metric', 'train.score', '--parallel', '2', '--trust', '--json')
    expect([started.code, started.stderr]).toEqual([0, expect.any(String)])
    const detail = started.json<SweepDetail>()
    expect(detail.sweep).toMatchObject({
      state: 'completed',
      plan: { method: 'grid', trials: 4, metric: 'train.score', goal: 'max', parallel: 2 },
      counts: { completed: 4, failed: 0 },
      best: { trial: 4, value: 40 },
    })
    expect(detail.trials.map(({ params, value }) => [params['train.C'], params['train.depth'], value])).toEqual([
      [1, 2, 2],
      [1, 4, 4],
      [10, 2, 20],
      [10, 4, 40],
    ])
    expect((await sweep('show', detail.sweep.id.slice(0, 4), '--json')).json()).toEqual(detail)
    expect((await sweep('list', '--json')).json<{ sweeps: readonly Sweep[] }>()).toEqual({ sweeps: [detail.sweep] })
    const shown = await sweep('show', 'latest')
    expect(shown.stdout).toMatch(/completed, grid, seed \d+, 4 of 4 trials/)
    expect(shown.stdout).toMatch(/4 +completed, best +10 +4 +40/)
    const runs = await slipway.run(['runs', '--filter', `tag.sweep = "${detail.sweep.id}"`, '--json'], { folder })
    expect(runs.json<{ total: number }>().total).toBe(4)
    expect((await sweep('resume', 'latest', '--trust', '--json')).json()).toMatchObject({
      error: { code: 'sweeps/wrongState' },
    })
    expect((await sweep('cancel', 'latest', '--json')).json()).toMatchObject({ error: { code: 'sweeps/wrongState' } })
  })

  it('is cancelled from another command, and leaves nothing running', { timeout: 180_000 }, async () => {
    const start = ['sweep', 'start', '--over', 'train.C=1,200,300', '--metric', 'train.score', '--trust', '--json']
    running = slipway.start(start, { folder })
    // From then on it holds the project, and others attach to it.
    await running.says('Trials')
    for (;;) {
      const shown = await sweep('show', 'latest', '--json')
      const trials = shown.code === 0 ? shown.json<SweepDetail>().trials : []
      if (trials.find(({ params, state }) => params['train.C'] === 200 && state === 'running')) break
    }
    const canceled = await sweep('cancel', 'latest', '--json')
    expect(canceled.code).toBe(0)
    expect(canceled.json<SweepDetail>().trials.map(({ state }) => state)).toEqual(['completed', 'canceled', 'queued'])
    const ended = await running.ended
    expect(ended.code).toBe(130)
    expect(ended.json<SweepDetail>().sweep.state).toBe('canceled')
    const left = await slipway.run(['runs', '--filter', 'state = running', '--json'], { folder })
    expect(left.json<{ total: number }>().total).toBe(0)
  })

  it('says what is wrong with a line, and what is near', { timeout: 180_000 }, async () => {
    const lines: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['start', '--over', 'train.C=1', '--trust'], 2, /needs a metric/],
      [['start', '--over', 'train', '--metric', 'train.score'], 2, /names no param/],
      [['start', '--over', 'train.c2=1', '--metric', 'train.score', '--trust'], 2, /did you mean "train.C"/],
      [['start', '--over', 'train.depth=1.5', '--metric', 'train.score', '--trust'], 2, /not a whole number/],
      [['start', '--over', 'train.C=1', '--metric', 'train.score', '--goal', 'best'], 2, /--goal/],
      [['strat'], 2, /slipway sweep start/],
      [['show', 'nothing'], 2, /no sweep "nothing"/],
    ]
    for (const [args, code, words] of lines) {
      const { code: found, stderr } = await sweep(...args)
      expect([found, stderr]).toEqual([code, expect.stringMatching(words)])
    }
  })

  it('takes the lowest of a loss for the best unless told otherwise', { timeout: 180_000 }, async () => {
    const over = ['start', '--over', 'train.C=2,5', '--metric', 'train.loss', '--trust', '--json']
    const best = async (...more: string[]) => (await sweep(...over, ...more)).json<SweepDetail>().sweep.best?.value
    expect([await best(), await best('--goal', 'max')]).toEqual([0.2, 0.5])
  })
})
