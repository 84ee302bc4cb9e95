import { describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import type { Environment } from '../../../core/domain/environment.ts'
import { digestOfText } from '../../../core/execution/cache-key.ts'
import { situationOf } from '../../../core/execution/in-flight.ts'
import type { StepFacts } from '../../../core/execution/plan-run.ts'

const environment: Environment = {
  python: '3.11.2',
  implementation: 'CPython',
  platform: 'linux-x86_64',
  interpreter: digestOfText('python'),
  lockDigest: digestOfText('lock'),
  packages: [],
}
const facts = { step: 'model', sourceDigest: digestOfText('source'), params: { C: 1 }, cache: null, forced: false }
const inputs = [{ name: 'raw', digest: digestOfText('raw') }]

const situation = (more: Partial<StepFacts> = {}, given = inputs, made = environment): Digest | null =>
  situationOf({ ...facts, ...more } as StepFacts, given, made)

describe('two runs at one step', () => {
  it('are at the same work when all that is known before it runs is the same', () => {
    expect(situation()).toBe(situation({ params: { C: 1 } }))
  })

  it.each([
    ['source', { sourceDigest: digestOfText('other') }, inputs, environment],
    ['param', { params: { C: 2 } }, inputs, environment],
    ['input', {}, [{ name: 'raw', digest: digestOfText('other') }], environment],
    ['lock', {}, inputs, { ...environment, lockDigest: digestOfText('other') }],
    ['version of Python', {}, inputs, { ...environment, python: '3.11.3' }],
    ['interpreter of the same version', {}, inputs, { ...environment, interpreter: digestOfText('another build') }],
  ] as const)('are not when the %s differs', (_, more, given, made) => {
    expect(situation(more, [...given], made)).not.toBe(situation())
  })

  it('never wait for each other where nothing may be reused', () => {
    expect([situation({ cache: false }), situation({ forced: true })]).toEqual([null, null])
  })
})
