import { expect, it } from 'vitest'
import { describeReason } from '../../../core/domain/describe-reason.ts'
import type { StaleReason } from '../../../core/domain/reason.ts'

const digest = `sha256:${'a'.repeat(64)}`

it.each<[StaleReason['kind'], string, string | null, string | null, string]>([
  ['source', 'features.py', digest, digest, 'code changed in features.py'],
  ['param', 'trees', '120', '200', 'trees 120 → 200'],
  ['param', 'trees', null, '200', 'param trees is new'],
  ['param', 'trees', '120', null, 'param trees is gone'],
  ['input', 'train', digest, digest, 'input train changed'],
  ['input', 'train', digest, null, 'train will be made again'],
  ['file', 'data/wine.csv', digest, digest, 'file data/wine.csv changed'],
  ['file', 'data/wine.csv', digest, null, 'file data/wine.csv is gone'],
  ['file', 'the stored model', digest, null, 'the stored model is gone'],
  ['package', 'numpy', '2.3.1', '2.4.0', 'numpy 2.3.1 → 2.4.0'],
  ['package', 'numpy', null, '2.4.0', 'numpy 2.4.0 was added'],
  ['package', 'numpy', '2.3.1', null, 'numpy was removed'],
  ['package', 'slipway.lock', digest, digest, 'slipway.lock changed'],
  [
    'package',
    'slipway.lock',
    null,
    'may change: requirements.txt did',
    'slipway.lock may change: requirements.txt did',
  ],
  ['interpreter', 'python', '3.11.7', '3.13.0', 'Python 3.11.7 → 3.13.0'],
  ['environmentVariable', 'SEED', digest, digest, 'variable SEED changed'],
  ['nondeterministic', 'train', null, null, 'gives other results each time'],
  ['nondeterministic', 'train', null, 'used the network (x.org)', 'used the network (x.org)'],
  ['file', 'data/', digest, digest, 'files came to or went from data/'],
  ['file', './', digest, digest, 'files came to or went from the project folder'],
  ['file', 'out.txt', digest, 'step "b" wrote it, too', 'file out.txt: step "b" wrote it, too'],
])('%s %s from %s to %s reads: %5$s', (kind, name, from, to, text) => {
  expect(describeReason({ kind, name, from, to })).toBe(text)
})

it('says how large a changed file was and is', () => {
  const reason = { kind: 'file', name: 'a.csv', from: digest, to: digest } as const
  expect(describeReason({ ...reason, sizes: [1_200, 3_000_000] })).toBe('file a.csv changed (1.2 kB → 3 MB)')
  expect(describeReason({ ...reason, sizes: [1_200, 1_200] })).toBe('file a.csv changed (1.2 kB as before)')
  expect(describeReason({ ...reason, sizes: [null, 1_200] })).toBe('file a.csv changed')
})
