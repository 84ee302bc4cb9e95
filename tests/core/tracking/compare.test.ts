import { afterEach, beforeEach, expect, it } from 'vitest'
import { digestLike, openRecording, point, type Recording, someEnvironment } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

it('a comparison puts params, metrics, code, data and packages of runs side by side', async () => {
  const wine = (letter: string) => [{ path: 'data/wine.csv', digest: digestLike(letter) }]
  const first = at.startRun(['load', 'train'], { params: { 'train.C': 1, 'train.seed': 7 } })
  await at.doStep(first.stepRunIds.load!, { step: 'load', filesRead: wine('a') })
  await at.doStep(first.stepRunIds.train!, {
    step: 'train',
    text: 'def train():\n    return 1\n',
    metrics: [point('train.loss', 0.5), point('train.auc', 0.9)],
  })
  at.finish(first.runId)

  const second = at.startRun(['load', 'train', 'report'], {
    params: { 'train.C': 10, 'train.seed': 7, 'report.top': 3 },
  })
  at.recorder.stepCached(second.stepRunIds.load!, { reuses: first.stepRunIds.load!, savedMs: 1, reasons: [] })
  await at.doStep(second.stepRunIds.train!, {
    step: 'train',
    text: 'def train():\n    return 2\n',
    metrics: [point('train.loss', 'NaN'), point('train.auc', 0.9)],
  })
  await at.doStep(second.stepRunIds.report!, { step: 'report', filesRead: wine('b') })
  at.recorder.recordEnvironment(second.runId, { ...someEnvironment, packages: [{ name: 'numpy', version: '1.26.4' }] })
  at.finish(second.runId)

  const compared = await at.runs.compare([first.runId, 'latest'])
  expect(compared.runs.map((run) => run.id)).toEqual([first.runId, second.runId])
  expect(compared.params).toEqual([
    { key: 'report.top', values: [null, 3], differs: true },
    { key: 'train.C', values: [1, 10], differs: true },
    { key: 'train.seed', values: [7, 7], differs: false },
  ])
  expect(compared.metrics).toEqual([
    { key: 'train.auc', values: [0.9, 0.9], differs: false },
    { key: 'train.loss', values: [0.5, 'NaN'], differs: true },
  ])
  expect(compared.code.map(({ step, differs }) => [step, differs])).toEqual([
    ['load', false],
    ['train', true],
    ['report', true],
  ])
  expect(compared.code[1]!.diff).toBe(
    [
      `--- train (${first.runId})`,
      `+++ train (${second.runId})`,
      '@@ -1,2 +1,2 @@',
      ' def train():',
      '-    return 1',
      '+    return 2',
      '',
    ].join('\n'),
  )
  expect(compared.data).toEqual([{ path: 'data/wine.csv', digests: [digestLike('a'), digestLike('b')], differs: true }])
  expect(compared.packages).toEqual([
    { name: 'numpy', versions: ['2.3.1', '1.26.4'], differs: true },
    { name: 'pandas', versions: ['3.0.1', null], differs: true },
    { name: 'python', versions: ['3.11.7', '3.11.7'], differs: false },
  ])
})

it('a planner finds completed step runs with what they were made from, newest first, and by their key', async () => {
  const ids: string[] = []
  for (const letter of ['a', 'b', 'c']) {
    const { runId, stepRunIds } = at.startRun(['train'])
    const inputs = [{ name: 'raw', digest: digestLike(letter) }]
    const model = await at.give('model', `{"from":"${letter}"}`)
    await at.doStep(stepRunIds.train!, {
      step: 'train',
      params: { C: 1 },
      inputs,
      gives: [model],
      cacheKey: `key-${letter}`,
    })
    at.finish(runId)
    ids.push(stepRunIds.train!)
  }
  const failed = at.startRun(['train'])
  at.recorder.stepFailed(failed.stepRunIds.train!, { endedAt: '2026', durationMs: 1, failure: null, logDigest: null })

  expect(at.runs.findStepRunsByStep('train').map(({ id }) => id)).toEqual(ids.toReversed())
  expect(at.runs.findStepRunsByStep('train', 1)).toHaveLength(1)
  expect(at.runs.findStepRunsByKey('key-b')).toEqual([
    expect.objectContaining({
      id: ids[1],
      module: 'pipeline.py',
      params: { C: 1 },
      inputs: [{ name: 'raw', digest: digestLike('b') }],
      environment: someEnvironment,
      cacheKey: 'key-b',
      artifacts: [expect.objectContaining({ name: 'model', role: 'output' })],
    }),
  ])
  expect(at.runs.findStepRunsByKey('key-none')).toEqual([])
})

it('the rows that prove a model are found by its digest, best origin first', async () => {
  const model = digestLike('f')
  const rows = async (origin: string) =>
    at.give(`rows-${origin}`, `{"o":"${origin}"}`, {
      role: 'predictions',
      kind: 'predictions',
      summary: { model, origin },
    })
  const { stepRunIds } = at.startRun(['evaluate'])
  const gives = [await rows('training'), await rows('called'), await rows('logged')]
  await at.doStep(stepRunIds.evaluate!, { step: 'evaluate', gives })
  expect(at.runs.predictionsOf(model).map(({ name }) => name)).toEqual(['rows-logged', 'rows-called', 'rows-training'])
  expect(at.runs.predictionsOf(digestLike('0'))).toEqual([])
})

it('b36-logs come back as the text that was printed, their beginning and end when they are long', async () => {
  const { runId, stepRunIds } = at.startRun(['a', 'b', 'c'])
  const hostile = '\u001b[31m<script>alert(1)</script>\u0007\n'
  await at.doStep(stepRunIds.a!, { step: 'a', log: hostile })
  await at.doStep(stepRunIds.b!, { step: 'b', log: `${'x'.repeat(99)}\n`.repeat(30_000) })
  expect(await at.runs.log(runId, 'a')).toEqual({ text: hostile, truncated: false })
  const long = await at.runs.log(runId, 'b')
  expect(long.truncated).toBe(true)
  expect(long.text.length).toBeLessThan(1024 * 1024 + 200)
  const [, head, omitted, tail] =
    /^((?:x{99}\n)+)… (\d+) characters are not shown here; the kept log has them …\n((?:x{99}\n)+)$/.exec(long.text) ??
    []
  expect((head?.length ?? 0) + Number(omitted) + (tail?.length ?? 0)).toBe(3_000_000 + 1)
  const whole = await at.runs.log(runId, null)
  expect(whole.text.startsWith(`── a ──\n${hostile}── b ──\n`)).toBe(true)
  await expect(at.runs.log(runId, 'nothing')).rejects.toMatchObject({
    code: 'tracking/stepNotFound',
    details: { steps: ['a', 'b', 'c'] },
  })
  await expect(at.runs.source(runId, 'c')).rejects.toMatchObject({ code: 'tracking/sourceNotRecorded' })
  expect(() => at.runs.history(runId, 'x.y')).toThrow(expect.objectContaining({ code: 'tracking/metricNotFound' }))
})
