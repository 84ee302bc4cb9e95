import { describe, expect, it } from 'vitest'
import { comparePredictions, parityTolerance } from '../../../core/domain/compare-predictions.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { Signature } from '../../../core/domain/signature.ts'

type Outputs = { readonly [name: string]: readonly unknown[] }

function compare(
  recorded: Outputs,
  actual: Outputs,
  classes: Signature['classes'] = null,
  names = Object.keys(actual),
) {
  const outputs = names.map((name) => ({ name, graphName: name, type: 'FP32', shape: [-1], nullable: false }) as const)
  const rows = Object.values(recorded)[0]?.length ?? 0
  return comparePredictions({
    level: 'model',
    recorded: { rows, origin: 'called', outputs: recorded as { [name: string]: readonly JsonValue[] } },
    signature: { outputs, classes },
    actual: actual as never,
    at: '2026-01-01T00:00:00Z',
  })
}

describe('comparing predictions', () => {
  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['texts', ['a', 'b'], ['a', 'b']],
    ['bools', [true, false], [true, false]],
    ['numbers within tolerance', [1, 1000, 0], [1 + 1e-5, 1000.005, 1e-6]],
    ['NaN in each of its spellings', ['NaN', Number.NaN, null], [null, 'NaN', Number.NaN]],
    ['infinities', ['Infinity', Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY, '-Infinity']],
    ['64-bit numbers', [9007199254740993n, 5], [9007199254740993n, 5]],
    ['a kept axis of one', [1, [2]], [[1], 2]],
    [
      'nested lists',
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
  ])('passes equal %s', (_, expected, actual) => {
    expect(compare({ predict: expected }, { predict: actual })).toMatchObject({ state: 'passed', differences: 0 })
  })

  it.each<[string, readonly unknown[], readonly unknown[], object]>([
    ['a text', ['a', 'b'], ['a', 'c'], { row: 1, column: 'predict', expected: 'b', actual: 'c' }],
    ['a number', [1, 2], [1, 2.1], { row: 1, expected: 2, actual: 2.1 }],
    ['NaN against a number', ['NaN'], [0], { expected: 'NaN', actual: 0 }],
    ['infinities of two signs', ['Infinity'], ['-Infinity'], { expected: 'Infinity', actual: '-Infinity' }],
    ['a true against a 1', [true], [1], { expected: true, actual: 1 }],
    ['the last digit of 64 bits', [9007199254740993n], [9007199254740992n], { expected: '9007199254740993' }],
    ['a missing row', [1, 2], [1], { row: 1, expected: 2, actual: null }],
    ['a row too many', [1], [1, 2], { row: 1, expected: null, actual: 2 }],
    ['lists of two lengths', [[1, 2]], [[1]], { expected: [1, 2], actual: [1] }],
  ])('finds %s', (_, expected, actual, first) => {
    expect(compare({ predict: expected }, { predict: actual })).toMatchObject({
      state: 'failed',
      differences: 1,
      first,
    })
  })

  it('takes labels exactly, scores within tolerance, and names the class of a score', () => {
    const near = 1 + parityTolerance.absolute / 2
    expect(compare({ predict: [1] }, { predict: [near] }, [1, 2]).state).toBe('failed')
    expect(compare({ predict: [1] }, { predict: [near] }).state).toBe('passed')
    const scores = compare(
      { predict: [1], predict_proba: [[0.25, 0.75]] },
      { predict: [1], predict_proba: [[0.25, 0.7]] },
      [1, 2],
    )
    expect(scores.first).toMatchObject({ row: 0, column: 'predict_proba[2]' })
    expect(scores.maxDifference).toBeCloseTo(0.05)
  })

  it('gives the first row over all outputs, and counts every difference', () => {
    const parity = compare({ predict: [1, 2, 3], other: [1, 2, 3] }, { predict: [1, 2, 9], other: [1, 9, 9] })
    expect(parity).toMatchObject({ differences: 3, first: { row: 1, column: 'other' } })
  })

  it('is unknown, not passed, when a served output was never recorded or no row was', () => {
    expect(compare({ predict: [1] }, { predict: [1], score: [1] })).toMatchObject({
      state: 'unknown',
      detail: 'score is served and was not recorded at training',
    })
    expect(compare({ predict: [] }, { predict: [] }).state).toBe('unknown')
  })

  it('says which recorded method is not served', () => {
    expect(compare({ predict: [1], decision_function: [1] }, { predict: [1] })).toMatchObject({
      state: 'passed',
      detail: 'decision_function was recorded and is not served',
    })
  })
})
