import { afterAll, beforeAll, expect, it } from 'vitest'
import { columnOfRuns } from '../../../core/domain/columns-of-runs.ts'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import { unpackColumn } from '../../../core/domain/unpack-column.ts'
import { openRecording, point, type Recording } from './open-recording.ts'

let at: Recording

beforeAll(async () => {
  at = await openRecording()
  for (let run = 0; run < 19; run++) {
    const { runId } = at.startRun([], {
      params: { 'model.C': run / 7, 'model.kernel': run % 2 ? 'rbf' : null, 'model.mixed': run === 3 ? 'auto' : run },
      tags: run % 3 ? { team: run % 2 ? 'blue' : 'réd "1"' } : {},
      experiment: run % 4 ? 'default' : 'second',
    })
    at.recorder.logMetrics(runId, [
      point('accuracy', [0.25, 'NaN', '-Infinity', -0.5, 'Infinity'][run % 5] as number | 'NaN'),
      ...(run === 11 ? [point('rare.metric of one', 5)] : []),
    ])
    if (run % 2) at.finish(runId)
  }
})
afterAll(() => at.close())

it('every name that runs have is a column, and holds what the runs hold, in the order in which they began', async () => {
  const runs = [...at.runs.list({}).runs].reverse()
  const names = at.runs.columnNames()
  expect([...names].sort()).toEqual(
    [
      ...['id', 'state', 'experiment', 'startedAt', 'durationMs', 'cachedSteps', 'totalSteps'],
      ...['metric.accuracy', 'metric.rare.metric of one'],
      ...['param.model.C', 'param.model.kernel', 'param.model.mixed', 'tag.team'],
    ].sort(),
  )
  const { count, columns } = await at.runs.columns(names)
  expect(count).toBe(19)
  for (const [index, name] of names.entries()) {
    const packed = columns[index]
    expect([name, packed && unpackColumn(packed, count)]).toEqual([name, columnOfRuns(runs, name)])
  }
})

it('what no run has is no column', async () => {
  const unknown: readonly RunColumnName[] = ['metric.none', 'param.none', 'tag.none']
  expect(await at.runs.columns(unknown)).toEqual({ count: 19, columns: [null, null, null] })
})
