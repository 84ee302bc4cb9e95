import { describe, expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import { typeOf } from '../../../core/domain/param-type.ts'
import { parseSpace } from '../../../core/sweeps/parse-space.ts'
import { countTrials, listValues, proposeGrid, proposeRandom } from '../../../core/sweeps/propose-trials.ts'

const span = { module: 'pipeline.py', line: 1, column: 1, endLine: 1, endColumn: 2 }
const parse = (text: string, usual: JsonValue, annotation: string | null = null) =>
  parseSpace('train.p', text, typeOf({ name: 'p', default: usual, annotation, span }))

/** What is written, the default, the annotation, and the values of a grid over it. */
const listed: readonly (readonly [string, JsonValue, string | null, readonly JsonValue[]])[] = [
  ['0.01,0.1,1,10', 1, 'float', [0.01, 0.1, 1, 10]],
  ['2..5', 3, 'int', [2, 3, 4, 5]],
  ['2..8:2', 3, null, [2, 4, 6, 8]],
  ['2..8:step=3', 3, 'int', [2, 5, 8]],
  ['0..1:0.25', 0.5, null, [0, 0.25, 0.5, 0.75, 1]],
  ['0..0.3:0.1', 0.5, null, [0, 0.1, 0.2, 0.3]],
  ['1e-4..1e-1:log:points=4', 0.1, 'float', [0.0001, 0.001, 0.01, 0.1]],
  ['1..1000:log:points=4', 10, 'int', [1, 10, 100, 1000]],
  ['-1..1:points=3', 0.5, null, [-1, 0, 1]],
  ['svm, forest', 'svm', 'str', ['svm', 'forest']],
  ['1,2', 'x', 'str', ['1', '2']],
  ['../a,../b', 'data', null, ['../a', '../b']],
  ['["a,b", "c"]', 'svm', null, ['a,b', 'c']],
  ['true,False', true, 'bool', [true, false]],
  ['null,3', null, 'int | None', [null, 3]],
  ['None,3', 4, 'Optional[int]', [null, 3]],
  ['[64,64],[32]', [64], null, [[64, 64], [32]]],
  ['{"a": 1},{"a": 2}', { a: 1 }, null, [{ a: 1 }, { a: 2 }]],
  ['1e3,.5', 1.5, null, [1000, 0.5]],
]

const refused: readonly (readonly [string, JsonValue, string | null, RegExp])[] = [
  ['', 1, null, /nothing/],
  ['1,two', 1, 'int', /"two" is not a whole number/],
  ['0.5,1', 1, 'int', /0.5 is not a whole number/],
  ['0.5..3', 1, 'int', /whole numbers/],
  ['8..2', 1, 'int', /below/],
  ['0..1:log', 0.5, null, /above 0/],
  ['1..10:log:step=2', 1, 'int', /no step/],
  ['1..9:lgo', 1, 'int', /did you mean ":log"/],
  ['1..9:points=1', 1, 'int', /means nothing here: a range takes :log/],
  ['1..9:20', 1, 'int', /larger than the range/],
  ['1..9:0', 1, 'int', /above 0/],
  ['a..b', 1, 'int', /ends of a range/],
  ['1..3', true, 'bool', /true or false/],
  ['1,,2', 1, null, /missing/],
  ['1,1', 1, null, /twice/],
  ['[]', 1, null, /empty/],
  ['[1', 1, null, /JSON/],
  ['null,1', 1, 'int', /null is not/],
]

describe('what a param is searched over', () => {
  for (const [text, usual, annotation, values] of listed)
    it(`${text} for ${annotation ?? JSON.stringify(usual)}`, () => {
      expect(listValues(parse(text, usual, annotation))).toEqual(values)
    })

  for (const [text, usual, annotation, problem] of refused)
    it(`refuses ${JSON.stringify(text)} for ${annotation ?? JSON.stringify(usual)}`, () => {
      expect(() => parse(text, usual, annotation)).toThrow(problem)
      try {
        parse(text, usual, annotation)
      } catch (error) {
        expect(isFailure(error, 'sweeps/badSpace')).toBe(true)
      }
    })

  it('takes whole ends as any number when the param takes any, and as whole ones when it takes these', () => {
    expect(parse('2..8', 1, 'float')).toMatchObject({ integer: false, step: null })
    expect(parse('2..8', 1, 'int')).toMatchObject({ integer: true, step: 1 })
    expect(parse('2..8', 1)).toMatchObject({ integer: true, step: 1 })
    expect(parse('2..8', 0.5)).toMatchObject({ integer: false, step: null })
    expect(parse('2.0..8', 1)).toMatchObject({ integer: false, step: null })
  })
})

describe('the trials of a sweep', () => {
  const space = [
    { key: 'a.x', space: parse('1,2', 1, 'int') },
    { key: 'b.y', space: parse('u,v,w', 'u', 'str') },
  ]

  it('of a grid come in the order of a counter', () => {
    expect(countTrials(space)).toBe(6)
    expect(proposeGrid(space, 6).map((params) => Object.values(params).join(''))).toEqual([
      '1u',
      '1v',
      '1w',
      '2u',
      '2v',
      '2w',
    ])
  })

  it('drawn at random are the same for a seed, differ for another, lie inside, and never come twice', () => {
    const wide = [
      { key: 'a.lr', space: parse('1e-4..1e-1:log', 0.1, 'float') },
      { key: 'a.n', space: parse('1..1000:log', 10, 'int') },
      { key: 'a.k', space: parse('2..9', 3, 'int') },
    ]
    const drawn = proposeRandom(wide, 200, 7)
    expect(proposeRandom(wide, 200, 7)).toEqual(drawn)
    expect(proposeRandom(wide, 50, 7)).toEqual(drawn.slice(0, 50))
    expect(proposeRandom(wide, 200, 8)).not.toEqual(drawn)
    const [rates, counts, ks] = ['a.lr', 'a.n', 'a.k'].map((key) => drawn.map((params) => params[key] as number))
    expect(rates?.every((value) => value >= 1e-4 && value <= 1e-1)).toBe(true)
    expect(counts?.every((value) => Number.isInteger(value) && value >= 1 && value <= 1000)).toBe(true)
    expect(new Set(ks)).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]))
    // Even on the scale of the logarithm: about a third of three decades below 1e-3.
    const low = rates?.filter((value) => value < 1e-3).length ?? 0
    expect(low).toBeGreaterThan(40)
    expect(low).toBeLessThan(95)
    expect(
      proposeRandom(space, 6, 3)
        .map((params) => JSON.stringify(params))
        .sort(),
    ).toEqual(
      proposeGrid(space, 6)
        .map((params) => JSON.stringify(params))
        .sort(),
    )
  })
})
