import { describe, expect, it } from 'vitest'
import { fitsVersion } from '../../../core/environments/version-spec.ts'

describe('fitsVersion', () => {
  it.each([
    ['3.11.7', '3.11', true],
    ['3.11.7', '3.1', false],
    ['3.11.7', '3', true],
    ['3.11.7', '3.11.7', true],
    ['3.11.8', '3.11.7', false],
    ['3.11.7', '==3.11.*', true],
    ['3.11.7', '>=3.11,<3.14', true],
    ['3.14.0', '>=3.11,<3.14', false],
    ['3.10.13', '>=3.11,<3.14', false],
    ['3.13.0', '>=3.11, <3.14', true],
    ['3.12.1', '~=3.11', true],
    ['3.12.1', '~=3.11.2', false],
    ['3.12.1', '!=3.12', false],
    ['3.12.1', '>3.12', false],
    ['3.13.0', '>3.12', true],
    ['3.12.1', '<=3.12', false],
    ['3.12.0', '<=3.12', true],
  ])('%s fits %s: %s', (version, spec, fits) => {
    expect(fitsVersion(version, spec)).toBe(fits)
  })
})
