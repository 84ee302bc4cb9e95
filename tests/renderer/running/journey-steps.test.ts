import { describe, expect, it } from 'vitest'
import type { Job } from '../../../core/domain/job.ts'
import { journeyPhases } from '../../../core/hosts/journey.ts'
import { describePrediction, toJourneySteps } from '../../../renderer/running/journey-steps.ts'

const at = (phase: string, state: Job['state'], endedAt: string | null = null) =>
  ({ state, endedAt, progress: { phase, done: 0, total: null, unit: null, fact: 'pip' } }) as unknown as Job

describe('the steps of the journey', () => {
  it('are those that core walks, in its order', () => {
    expect(toJourneySteps(null).map((step) => step.phase)).toEqual([...journeyPhases])
  })

  it('wait, run and are done by where the job stands', () => {
    const steps = toJourneySteps(at('Register', 'running'))
    expect(steps.map((step) => step.state)).toEqual([
      'done',
      'done',
      'running',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ])
    expect(steps[2]?.fact).toBe('pip')
  })

  it('show where it failed', () => {
    expect(toJourneySteps(at('Build', 'failed', 'now'))[4]?.state).toBe('failed')
  })

  it('are all done at its end', () => {
    expect(new Set(toJourneySteps(at('Predict', 'completed', 'now')).map((step) => step.state))).toEqual(
      new Set(['done']),
    )
  })
})

it('says a prediction in one line', () => {
  expect(describePrediction({ predictions: ['Adelie'], model: {} })).toBe('["Adelie"]')
  expect(describePrediction(null)).toBe('')
})
