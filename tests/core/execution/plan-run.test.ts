import { describe, expect, it } from 'vitest'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import type { Digest } from '../../../core/domain/digest.ts'
import type { Environment } from '../../../core/domain/environment.ts'
import type { Observation } from '../../../core/domain/observation.ts'
import type { Pipeline, StepDeclaration } from '../../../core/domain/pipeline.ts'
import { cacheKeyOf, digestOfText, keyedObservation } from '../../../core/execution/cache-key.ts'
import { decideStep, type StepSituation } from '../../../core/execution/decide-step.ts'
import { planRun, type StepFacts } from '../../../core/execution/plan-run.ts'
import { stepOrder } from '../../../core/execution/step-order.ts'
import type { RecordedArtifact, StepRunCandidate } from '../../../core/tracking/run-records.ts'

const digest = (text: string): Digest => digestOfText(text)

const environment: Environment = {
  python: '3.11.7',
  implementation: 'CPython',
  platform: 'linux-x86_64',
  lockDigest: digest('lock'),
  packages: [
    { name: 'numpy', version: '2.0.0' },
    { name: 'pandas', version: '2.2.0' },
  ],
}

function artifact(name: string, content: string, role: RecordedArtifact['role'] = 'output'): RecordedArtifact {
  return {
    name,
    role,
    kind: 'json',
    descriptor: { mediaType: mediaTypes.json, digest: digest(content), sizeBytes: content.length },
    parts: [],
    pythonType: 'builtins.dict',
    runsCodeWhenLoaded: false,
    summary: {},
    step: 'train',
    runId: 'run1',
    stepRunId: 'id1',
  }
}

const observed: Observation = {
  filesRead: [
    { path: 'data/a.csv', digest: digest('a.csv') },
    { path: 'report.txt', digest: digest('report') },
    { path: 'package:sklearn/data.csv', digest: digest('inside') },
  ],
  filesWritten: [{ path: 'report.txt', digest: digest('report') }],
  outsideWrites: [],
  modules: [
    { path: 'pipeline.py', digest: digest('pipeline') },
    { path: 'plugin.py', digest: digest('plugin') },
  ],
  packages: [],
  variables: [
    { name: 'MODE', valueDigest: digest('fast') },
    { name: 'HOME', valueDigest: digest('/home/somebody') },
  ],
  network: false,
  platform: {},
}

const inputs = [{ name: 'table', digest: digest('table') }]
const coveredModules = new Set(['pipeline.py'])

function candidate(change: Partial<StepRunCandidate> = {}): StepRunCandidate {
  const made: StepRunCandidate = {
    id: 'id1',
    runId: 'run1',
    step: 'train',
    module: 'pipeline.py',
    endedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1234,
    cacheKey: null,
    params: { C: 1 },
    sourceDigest: digest('source'),
    sources: [],
    inputs,
    observed,
    environment,
    artifacts: [artifact('model', 'model bytes'), artifact('report.txt', 'report', 'side')],
    ...change,
  }
  if ('cacheKey' in change || made.environment === null) return made
  const key = cacheKeyOf({
    source: made.sourceDigest,
    params: made.params,
    inputs: made.inputs,
    ...keyedObservation(made.observed, coveredModules),
    lock: made.environment.lockDigest,
    python: made.environment.python,
  })
  return { ...made, cacheKey: key }
}

const disk = new Map<string, Digest>([
  ['data/a.csv', digest('a.csv')],
  ['report.txt', digest('report')],
  ['pipeline.py', digest('pipeline, with a comment')],
  ['plugin.py', digest('plugin')],
])

function situation(change: Partial<StepSituation> = {}, files: Readonly<Record<string, string | null>> = {}) {
  const fileDigest = (path: string) => {
    const content = files[path]
    return content === undefined ? (disk.get(path) ?? null) : content === null ? null : digest(content)
  }
  const now: StepSituation = {
    step: 'train',
    sourceDigest: digest('source'),
    coveredModules,
    params: { C: 1 },
    inputs,
    cache: null,
    forced: false,
    environment,
    variables: { MODE: 'fast', HOME: '/elsewhere' },
    fileDigest,
    fileSize: () => null,
    folderNames: () => null,
    pathKind: () => null,
    otherWriter: () => null,
    hasBlob: () => true,
    candidates: [candidate()],
    ...change,
  }
  return now
}

function reasonsOf(now: StepSituation) {
  const decision = decideStep(now)
  return decision.state === 'cached'
    ? ['cached']
    : decision.reasons.map(({ kind, name, from, to }) => [kind, name, from, to])
}

describe('decideStep', () => {
  it('reuses a result that was made from the same', () => {
    expect(decideStep(situation())).toMatchObject({ state: 'cached', candidate: { id: 'id1' } })
  })

  it('is new without a past result', () => {
    expect(reasonsOf(situation({ candidates: [] }))).toEqual([['new', 'train', null, null]])
  })

  const cases: readonly [string, StepSituation, readonly unknown[]][] = [
    ['a param', situation({ params: { C: 2 } }), ['param', 'C', '1', '2']],
    ['a new param', situation({ params: { C: 1, seed: null } }), ['param', 'seed', null, 'null']],
    [
      'its source',
      situation({ sourceDigest: digest('other') }),
      ['source', 'train', digest('source'), digest('other')],
    ],
    [
      'an input',
      situation({ inputs: [{ name: 'table', digest: digest('new table') }] }),
      ['input', 'table', digest('table'), digest('new table')],
    ],
    [
      'an input that is made anew',
      situation({ inputs: [{ name: 'table', digest: null }] }),
      ['input', 'table', digest('table'), null],
    ],
    ['a file', situation({}, { 'data/a.csv': 'edited' }), ['file', 'data/a.csv', digest('a.csv'), digest('edited')]],
    ['a file that is gone', situation({}, { 'data/a.csv': null }), ['file', 'data/a.csv', digest('a.csv'), null]],
    [
      'a module that reading the source did not cover',
      situation({}, { 'plugin.py': 'edited' }),
      ['source', 'plugin.py', digest('plugin'), digest('edited')],
    ],
    [
      'a variable that it read',
      situation({ variables: { MODE: 'slow' } }),
      ['environmentVariable', 'MODE', digest('fast'), digest('slow')],
    ],
    [
      'a package',
      situation({
        environment: {
          ...environment,
          lockDigest: digest('lock 2'),
          packages: [
            { name: 'numpy', version: '2.1.0' },
            { name: 'pandas', version: '2.2.0' },
          ],
        },
      }),
      ['package', 'numpy', '2.0.0', '2.1.0'],
    ],
    [
      'the lock alone',
      situation({ environment: { ...environment, lockDigest: digest('lock 2') } }),
      ['package', 'slipway.lock', digest('lock'), digest('lock 2')],
    ],
    [
      'the interpreter',
      situation({ environment: { ...environment, python: '3.12.1' } }),
      ['interpreter', 'python', '3.11.7', '3.12.1'],
    ],
    [
      'a side file edited by hand',
      situation({}, { 'report.txt': 'my notes' }),
      ['file', 'report.txt', digest('report'), digest('my notes')],
    ],
    [
      'stored bytes that are gone',
      situation({ hasBlob: (wanted) => wanted !== digest('model bytes') }),
      ['file', 'the stored model', digest('model bytes'), null],
    ],
    ['being asked to', situation({ forced: true }), ['forced', 'train', null, null]],
    [
      'cache = false',
      situation({ cache: false }),
      ['nondeterministic', 'train', null, 'slipway.toml says cache = false'],
    ],
  ]
  for (const [what, now, reason] of cases)
    it(`is stale by ${what}, and says exactly that`, () => {
      expect(reasonsOf(now)).toEqual([reason])
    })

  it('stays cached when a side file is missing, since it can be restored', () => {
    expect(reasonsOf(situation({}, { 'report.txt': null }))).toEqual(['cached'])
  })

  it('stays cached when a side file holds what the step wrote another time', () => {
    const other = candidate({ id: 'id0', params: { C: 9 }, artifacts: [artifact('report.txt', 'older', 'side')] })
    expect(reasonsOf(situation({ candidates: [candidate(), other] }, { 'report.txt': 'older' }))).toEqual(['cached'])
  })

  it('does not ask about the computer: home folder and data inside packages are no part of a key', () => {
    expect(reasonsOf(situation({ variables: { MODE: 'fast', HOME: '/third' } }))).toEqual(['cached'])
  })

  it('reuses any past result, not only the last', () => {
    const last = candidate({ id: 'id2', params: { C: 5 } })
    const decision = decideStep(situation({ candidates: [last, candidate()] }))
    expect(decision).toMatchObject({ state: 'cached', candidate: { id: 'id1' } })
  })

  it('never reuses what was recorded while its causes were changing', () => {
    const decision = decideStep(situation({ candidates: [candidate({ cacheKey: null })] }))
    expect(decision).toMatchObject({ state: 'stale', reasons: [{ kind: 'nondeterministic' }] })
  })

  it('says all that changed at once', () => {
    const now = situation({ params: { C: 3 }, sourceDigest: digest('x') }, { 'data/a.csv': 'y' })
    expect(reasonsOf(now).map((reason) => reason[0])).toEqual(['source', 'param', 'file'])
  })
})

const span = { module: 'pipeline.py', line: 1, column: 1, endLine: 1, endColumn: 1 }
const declare = (name: string, needs: readonly string[] = []): StepDeclaration => ({
  name,
  module: 'pipeline.py',
  span,
  inputs: needs,
  outputs: [name],
  outputsDeclared: false,
  params: [],
  isAsync: false,
  description: null,
  sourceDigest: digest(name),
})

describe('planRun', () => {
  const steps = [declare('c', ['b']), declare('a'), declare('b', ['a']), declare('other')]
  const pipeline: Pipeline = {
    steps,
    edges: [
      { from: 'a', to: 'b', artifact: 'a' },
      { from: 'b', to: 'c', artifact: 'b' },
    ],
    problems: [],
  }

  const past = (name: string, needs: readonly string[]): StepRunCandidate =>
    candidate({
      id: `past-${name}`,
      step: name,
      sourceDigest: digest(name),
      inputs: needs.map((input) => ({ name: input, digest: digest(`value of ${input}`) })),
      artifacts: [artifact(name, `value of ${name}`)],
    })

  const factsOf = (change: Readonly<Record<string, Partial<StepFacts>>>) =>
    new Map(
      steps.map((step) => {
        const { inputs: _, ...facts } = situation({
          step: step.name,
          sourceDigest: digest(step.name),
          candidates: [past(step.name, step.inputs)],
        })
        return [step.name, { ...facts, ...change[step.name] }]
      }),
    )

  it('orders steps by need, then as they are written', () => {
    expect(stepOrder(pipeline, []).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'other'])
    expect(stepOrder(pipeline, ['b']).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('finds everything cached when nothing changed, and says what that saves', () => {
    const plan = planRun(pipeline, stepOrder(pipeline, []), factsOf({}))
    expect(plan.steps.map(({ state }) => state)).toEqual(['cached', 'cached', 'cached', 'cached'])
    expect(plan.steps[0]).toMatchObject({ reuses: 'past-a', savedMs: 1234 })
  })

  it('marks what comes after a stale step, since its input may change, and nothing else', () => {
    const plan = planRun(pipeline, stepOrder(pipeline, []), factsOf({ a: { params: { C: 2 } } }))
    expect(plan.steps.map(({ step, state }) => [step, state])).toEqual([
      ['a', 'stale'],
      ['b', 'stale'],
      ['c', 'stale'],
      ['other', 'cached'],
    ])
    expect(plan.steps[1]?.reasons).toEqual([
      { kind: 'input', name: 'a', from: digest('value of a'), to: 'may change: a runs' },
    ])
  })
})
