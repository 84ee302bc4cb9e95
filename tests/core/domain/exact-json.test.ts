import { describe, expect, it } from 'vitest'
import { exactJson, parseExactJson } from '../../../core/domain/exact-json.ts'

describe('exact JSON', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740991', 9007199254740991],
    ['0.12345678901234566', 0.12345678901234566],
    ['1e300', 1e300],
    ['"12345678901234567890"', '12345678901234567890'],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toBe(value)
  })

  it('writes what it read, inside anything', () => {
    const text = '{"a":[18446744073709551615,1.5,null],"b":{"c":9007199254740993}}'
    expect(exactJson(parseExactJson(text))).toBe(text)
  })
})
