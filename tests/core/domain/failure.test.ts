import { describe, expect, it } from 'vitest'
import { describeFailure, fail, isFailure } from '../../../core/domain/failure.ts'
import { engineFailures } from '../../../core/domain/failures/engine-failures.ts'
import { environmentFailures } from '../../../core/domain/failures/environment-failures.ts'
import { executionFailures } from '../../../core/domain/failures/execution-failures.ts'
import { hostFailures } from '../../../core/domain/failures/host-failures.ts'
import { imageFailures } from '../../../core/domain/failures/image-failures.ts'
import { modelFailures } from '../../../core/domain/failures/model-failures.ts'
import { projectFailures } from '../../../core/domain/failures/project-failures.ts'
import { storageFailures } from '../../../core/domain/failures/storage-failures.ts'

const areas = [
  engineFailures,
  environmentFailures,
  executionFailures,
  hostFailures,
  imageFailures,
  modelFailures,
  projectFailures,
  storageFailures,
]
/** Stands in for any details: every member is a text, a list and a number at once, enough for the wording. */
const anyDetails: object = new Proxy(() => '…', {
  get: (_, name) => {
    if (name === Symbol.toPrimitive || name === 'toString') return () => '…'
    if (name === Symbol.iterator) return function* () {}
    if (name === 'length') return 1
    return anyDetails
  },
})

describe('the vocabulary of failures', () => {
  const entries = areas.flatMap((area) => Object.entries(area))

  it('has no code in two areas', () => {
    expect(new Set(entries.map(([code]) => code)).size).toBe(entries.length)
  })

  it.each(entries)('%s says what happened, what was kept and what to do', (code, entry) => {
    expect(code).toMatch(/^[a-z]+\/[a-zA-Z]+$/)
    expect([1, 2, 3, 4, 5, 130]).toContain(entry.exitCode)
    const text = (entry.text as (details: unknown) => Record<string, string>)(anyDetails)
    for (const sentence of [text.message, text.kept, text.remedy])
      expect(String(sentence).trim().length).toBeGreaterThan(0)
  })

  it('describes an expected failure with its own words and details', () => {
    const error = fail('models/notApproved', { model: 'wine@1', reason: 'nobody has decided' })
    expect(isFailure(error, 'models/notApproved')).toBe(true)
    expect(describeFailure(error)).toMatchObject({
      code: 'models/notApproved',
      exitCode: 4,
      message: 'wine@1 may not be pushed: nobody has decided.',
      details: { model: 'wine@1' },
    })
  })

  it('describes a defect without its stack', () => {
    const described = describeFailure(new TypeError('x is undefined'))
    expect(described.code).toBe('host/unexpected')
    expect(JSON.stringify(described)).not.toContain('failure.test.ts')
  })
})
