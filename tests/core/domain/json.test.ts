import { describe, expect, it } from 'vitest'
import { isDigest, parseDigest } from '../../../core/domain/digest.ts'
import { canonicalJson } from '../../../core/domain/json.ts'

describe('canonicalJson', () => {
  it('gives one text for one value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: 0.1 })).toBe('{"a":0.1,"b":[1,{"c":"é","d":null}]}')
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}')
  })

  it('reads back equal', () => {
    const value = { '10': 1, '9': [true, -0.5, 1e21], nested: { quote: '"\n' } }
    expect(JSON.parse(canonicalJson(value))).toEqual(value)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('x')])(
    'refuses what JSON cannot hold: %s',
    (value) => {
      expect(() => canonicalJson({ value })).toThrow(TypeError)
    },
  )
})

describe('digests', () => {
  it('are whole or refused', () => {
    const whole = `sha256:${'0a'.repeat(32)}`
    expect(parseDigest(whole)).toBe(whole)
    for (const wrong of ['', 'sha256:', whole.toUpperCase(), whole.slice(0, -1), `${whole}0`, ` ${whole}`, 7]) {
      expect(isDigest(wrong)).toBe(false)
    }
    expect(() => parseDigest('sha256:12')).toThrow('not a sha256 digest')
  })
})
