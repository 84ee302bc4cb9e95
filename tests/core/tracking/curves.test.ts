import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRecording, point, type Recording } from './open-recording.ts'

let at: Recording
let [long, short, none] = ['', '', '']

beforeAll(async () => {
  at = await openRecording()
  const start = () => at.startRun([]).runId
  ;[long, short, none] = [start(), start(), start()]
  at.recorder.logMetrics(
    long,
    Array.from({ length: 3_000 }, (_, index) => ({
      ...point('loss', index === 1_234 ? 99 : 1 / (1 + index)),
      iteration: index,
    })),
  )
  at.recorder.logMetrics(short, [point('loss', 5), point('loss', 'NaN'), point('loss', 4), point('once', 1)])
})
afterAll(() => at.close())

it('only metrics that went on are curves', () => {
  expect(at.runs.metricsWithHistory([long, short, none])).toEqual([{ key: 'loss', points: 3_000 }])
  expect(at.runs.metricsWithHistory([none])).toEqual([])
})

it('a curve has few points, and no spike is lost', () => {
  const [one, two, three] = at.runs.curves({ runs: [long, short, none], key: 'loss', axis: 'iteration', buckets: 50 })
  expect(one?.points).toBe(3_000)
  expect(one?.xs.length).toBeLessThanOrEqual(200)
  expect(one?.ys[one.xs.indexOf(1_234)]).toBe(99)
  expect(two).toMatchObject({ run: short, points: 3 })
  expect(three).toEqual({ run: none, points: 0, xs: [], ys: [] })
})

it('a part of it is looked at closer', () => {
  const [part] = at.runs.curves({ runs: [long], key: 'loss', axis: 'iteration', buckets: 50, from: 1_230, to: 1_239 })
  expect(part?.xs).toEqual([1_230, 1_231, 1_232, 1_233, 1_234, 1_235, 1_236, 1_237, 1_238, 1_239])
})
