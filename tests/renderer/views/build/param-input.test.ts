import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../../../core/domain/json.ts'
import { parseParam, toParamInput, toParamText } from '../../../../renderer/views/build/param-input.ts'

const input = (annotation: string | null, value: JsonValue) => toParamInput({ annotation, default: value })

describe('how a param is asked for', () => {
  it.each([
    ['int', 5, 'integer', false],
    ['float', 1, 'number', false],
    ['bool', true, 'boolean', false],
    ['str', 'a', 'text', false],
    ['int | None', null, 'integer', true],
    ['Optional[float]', 0.5, 'number', true],
    ['None | str', null, 'text', true],
    ['list[int]', [1], 'json', false],
    ['int | float', 1, 'number', false],
    [null, 0.25, 'number', false],
    [null, false, 'boolean', false],
    [null, { a: 1 }, 'json', false],
    [null, null, 'json', true],
  ] as const)('%s with default %o is %s', (annotation, value, kind, nullable) => {
    expect(input(annotation, value as JsonValue)).toMatchObject({ kind, nullable })
  })

  it('offers the values of a Literal', () => {
    expect(input(`Literal['gini', "entropy", 3, None]`, 'gini').choices).toEqual(['gini', 'entropy', 3, null])
  })
})

describe('what was typed', () => {
  it.each([
    ['int', 5, '12', 12],
    ['float', 1, '1e-3', 0.001],
    ['str', 'a', ' spaced ', ' spaced '],
    ['int | None', null, '', null],
    ['list[int]', [1], '[1, 2]', [1, 2]],
  ] as const)('for %s (default %o): %s', (annotation, value, text, expected) => {
    expect(parseParam(input(annotation, value as JsonValue), text)).toEqual({ value: expected })
  })

  it.each([
    ['int', 5, '1.5'],
    ['int', 5, ''],
    ['int', 5, '99999999999999999999'],
    ['float', 1, 'a lot'],
    ['float', 1, 'Infinity'],
    ['list[int]', [1], '[1, 2'],
  ] as const)('is refused with words for %s (default %o): %s', (annotation, value, text) => {
    expect(parseParam(input(annotation, value as JsonValue), text)).toHaveProperty('problem')
  })

  it('comes back as it stood', () => {
    const choices = [input('int', 5), input('float', 1), input('str', 'x'), input('list[int]', [1])]
    const values: JsonValue[] = [7, 0.5, '"quoted"', [1, 2]]
    for (const [index, kind] of choices.entries()) {
      const value = values[index] as JsonValue
      expect(parseParam(kind, toParamText(kind, value))).toEqual({ value })
    }
  })
})
