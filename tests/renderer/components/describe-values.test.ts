import { describe, expect, it } from 'vitest'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import {
  describeAgo,
  describeCount,
  describeDuration,
  describeMetric,
} from '../../../renderer/components/describe-values.ts'

describe('values for people', () => {
  it.each([
    [84.4, '84 ms'],
    [3210, '3.2 s'],
    [125_000, '2 min 05 s'],
    [4_320_000, '1 h 12 min'],
  ])('%d ms is %s', (ms, text) => expect(describeDuration(ms)).toBe(text))

  it.each([
    [812, '812 B'],
    [4_100, '4.1 kB'],
    [128_400_000, '128 MB'],
    [1_500_000_000, '1.5 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(describeBytes(bytes)).toBe(text))

  it.each([
    [0.98837, '0.9884'],
    [1, '1'],
    [12345, '12,345'],
    // The errors of two models of prices are not the same.
    [48_213.72, '48,213.7'],
    [-48_214.9, '-48,214.9'],
    [999.96, '1,000'],
    [1.2346e-9, '1.235e-9'],
    ['NaN', 'NaN'],
  ])('a metric of %s reads %s', (value, text) => expect(describeMetric(value)).toBe(text))

  it('counts one as one', () => {
    expect([describeCount(1, 'row'), describeCount(1359, 'row')]).toEqual(['1 row', '1,359 rows'])
  })

  it('says how long ago, never in the future', () => {
    const now = Date.parse('2026-11-21T12:00:00Z')
    expect(describeAgo('2026-11-21T12:00:09Z', now)).toBe('just now')
    expect(describeAgo('2026-11-21T11:56:00Z', now)).toBe('4 min ago')
    expect(describeAgo('2026-11-18T12:00:00Z', now)).toBe('3 d ago')
  })
})
