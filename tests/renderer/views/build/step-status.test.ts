import { describe, expect, it } from 'vitest'
import type { PlannedStep } from '../../../../core/domain/reason.ts'
import type { Run, StepRun } from '../../../../core/domain/run.ts'
import { toStepStatuses } from '../../../../renderer/views/build/step-status.ts'
import { readPipeline } from '../../../fakes/fixture-pipeline.ts'
import { pipelineText } from '../../../fakes/fixture-sources.ts'

const graph = readPipeline('pipeline.py', pipelineText)
const ended = { endedAt: '2026-11-21T10:00:00Z' } as Run
const going = { endedAt: null } as Run
const stepRun = (state: string, more: object = {}) =>
  ({ id: '1', runId: '1', step: 'model', reasons: [], state, durationMs: 3200, ...more }) as unknown as StepRun
const planned = (state: PlannedStep['state'], reasons: PlannedStep['reasons'] = []): PlannedStep => ({
  step: 'model',
  state,
  reasons,
  reuses: null,
  savedMs: state === 'cached' ? 3200 : null,
})
const trees = { kind: 'param', name: 'trees', from: '120', to: '200' } as const
const input = { kind: 'input', name: 'train', from: null, to: null } as const

function statusOf(parts: { plan?: PlannedStep; stepRun?: StepRun; run?: Run; saved?: typeof graph }) {
  return toStepStatuses({
    graph,
    saved: parts.saved ?? graph,
    plan: parts.plan ? { steps: [parts.plan] } : null,
    run: parts.run ?? ended,
    stepRuns: parts.stepRun ? { model: parts.stepRun } : {},
  }).get('model')
}

describe('what the graph says about a step', () => {
  it('is what the plan says between runs, with the reasons in words', () => {
    expect(statusOf({ plan: planned('stale', [trees]), stepRun: stepRun('completed') })).toMatchObject({
      state: 'stale',
      reasons: ['trees 120 → 200'],
    })
    expect(statusOf({ plan: planned('new') })).toMatchObject({ state: 'new', reasons: [] })
  })

  it('tells a step that ran from one that was reused', () => {
    expect(statusOf({ plan: planned('cached'), stepRun: stepRun('completed') })).toMatchObject({ state: 'completed' })
    expect(statusOf({ plan: planned('cached'), stepRun: stepRun('cached') })).toMatchObject({
      state: 'cached',
      savedMs: 3200,
    })
  })

  it('is what the run says while it goes on, whatever the plan says', () => {
    expect(statusOf({ plan: planned('stale', [trees]), stepRun: stepRun('running'), run: going })).toMatchObject({
      state: 'running',
    })
  })

  it('keeps a failure in sight until something about the step changes', () => {
    expect(statusOf({ plan: planned('stale', [input]), stepRun: stepRun('failed') })).toMatchObject({ state: 'failed' })
    expect(statusOf({ plan: planned('stale', [trees]), stepRun: stepRun('failed') })).toMatchObject({ state: 'stale' })
  })

  it('is stale as soon as its code is edited, before it is saved', () => {
    const saved = readPipeline('pipeline.py', pipelineText.replace('forest.fit', 'forest.refit'))
    expect(statusOf({ plan: planned('cached'), stepRun: stepRun('completed'), saved })).toMatchObject({
      state: 'stale',
      reasons: ['code edited, not saved'],
    })
  })
})
