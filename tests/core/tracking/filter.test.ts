import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnOfRuns } from '../../../core/domain/columns-of-runs.ts'
import { evaluateFilter } from '../../../core/domain/evaluate-filter.ts'
import { parseFilter } from '../../../core/domain/filter-grammar.ts'
import { kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { sortRows } from '../../../core/domain/sort-rows.ts'
import { openRecording, point, type Recording } from './open-recording.ts'

let at: Recording
const names = new Map<string, string>()

/** Four runs that differ in one thing each; `d` has nothing but a NaN. */
beforeAll(async () => {
  at = await openRecording()
  const make = (
    name: string,
    more: Parameters<Recording['startRun']>[1],
    values: readonly [string, number | 'NaN' | 'Infinity'][],
  ) => {
    const { runId } = at.startRun([], more)
    at.recorder.logMetrics(
      runId,
      values.map(([key, value]) => point(key, value)),
    )
    names.set(runId, name)
    return runId
  }
  const a = make('a', { params: { 'model.C': 1, 'model.kernel': 'rbf', 'model.deep': true }, tags: { team: 'blue' } }, [
    ['evaluation.accuracy', 0.9],
    ['my score', 3],
  ])
  make(
    'b',
    {
      params: { 'model.C': 10, 'model.kernel': 'linear', 'model.deep': false },
      tags: { team: 'red' },
      experiment: 'second',
    },
    [['evaluation.accuracy', 0.95]],
  )
  const c = make(
    'c',
    { params: { 'model.C': 1e-3, 'model.kernel': null, 'model.C2': '1' }, tags: { team: 'blue', note: "it's 100%" } },
    [['evaluation.accuracy', 'Infinity']],
  )
  make('d', { params: { 'model.C': '1' } }, [['evaluation.accuracy', 'NaN']])
  at.finish(a)
  at.recorder.finishRun(c, { state: 'failed', endedAt: 't', durationMs: 5, failure: null })
})
afterAll(() => at.close())

const matching = (filter: string, sort = 'startedAt asc') =>
  at.runs
    .list({ filter, sort })
    .runs.map((run) => names.get(run.id))
    .sort()
    .join('')

/** The same question to the columns that a window holds. */
function matchingInColumns(filter: string): string {
  const { runs } = at.runs.list({})
  const holds = evaluateFilter(filter, { count: runs.length, column: (name) => columnOfRuns(runs, name) })
  return runs
    .filter((_, row) => holds[row] === 1)
    .map((run) => names.get(run.id))
    .sort()
    .join('')
}

function sortedInColumns(name: RunColumnName, descending: boolean): string {
  const { runs } = at.runs.list({})
  const key = { column: columnOfRuns(runs, name), descending, json: kindOf(name) === 'param' }
  return [...sortRows(Uint32Array.from(runs.keys()), [key])].map((row) => names.get(runs[row]?.id ?? '')).join('')
}

describe('a filter', () => {
  it.each([
    ['', 'abcd'],
    ['metric.evaluation.accuracy > 0.9', 'bc'],
    ['metric.evaluation.accuracy >= 0.9', 'abc'],
    ['metrics.evaluation.accuracy < 1', 'ab'],
    ['metric.evaluation.accuracy = 0.95', 'b'],
    ['metric.evaluation.accuracy != 0.95', 'acd'],
    ['metric.evaluation.accuracy = NaN', 'd'],
    ['metric.evaluation.accuracy = Infinity', 'c'],
    ['metric.evaluation.accuracy in (0.9, .95)', 'ab'],
    ['metric.evaluation.accuracy not in (0.9)', 'bcd'],
    ['metric."my score" = 3', 'a'],
    ["metric.'my score' > -1e3", 'a'],
    ['metric.unknown > 0', ''],
    ['not metric.unknown > 0', 'abcd'],
    ['param.model.C = 1', 'a'],
    ['param.model.C = 1.0', 'a'],
    ['param.model.C = "1"', 'ad'],
    ['param.model.C < 1', 'c'],
    ['param.model.C in (1, 10)', 'ab'],
    ['param.model.C != 1', 'bc'],
    ['param.model.kernel = rbf', 'a'],
    ['param.model.kernel like "%R%"', 'ab'],
    ['param.model.kernel = null', 'c'],
    ['param.model.deep = true', 'a'],
    ['param.model.deep != true', 'b'],
    ['param.model.kernel > "m"', 'a'],
    ['tag.team = blue', 'ac'],
    ['tag.team != blue', 'b'],
    ["tag.note = 'it\\'s 100%'", 'c'],
    ['tag.note like "%100\\%"', 'c'],
    ['state = running', 'bd'],
    ['state in (completed, failed)', 'ac'],
    ['experiment = second', 'b'],
    ['experiment like "%con%"', 'b'],
    ['durationMs <= 5', 'c'],
    ['startedAt > "2020"', 'abcd'],
    ['tag.team = blue and state = failed', 'c'],
    ['tag.team = blue or experiment = second', 'abc'],
    ['experiment = second or tag.team = blue and state = failed', 'bc'],
    ['(experiment = second or tag.team = blue) and state = completed', 'a'],
    ['not (tag.team = blue) and not state = running', ''],
    ['NOT tag.team = blue AND State = running', 'bd'],
    ['not not tag.team = blue', 'ac'],
    ['tag.note', 'c'],
    ['not param.model.kernel', 'd'],
    ['(metric."my score") or tag.note and state = failed', 'ac'],
  ])('%s', (filter, expected) => {
    expect(matching(filter)).toBe(expected)
    expect(at.runs.list({ filter, limit: 1 }).total).toBe(expected.length)
    expect(matchingInColumns(filter)).toBe(expected)
  })

  it.each([
    ['metric.accuracy >', 17, 'expected a value, but the filter ends here'],
    ['metric.accuracy 0.9', 16, 'expected = != < <= > >= like or in, not "0.9"'],
    ['metric. > 1', 8, 'expected the name of a metric'],
    ['metric.a > high', 11, 'expected a number, not "high"'],
    ['metric.a like 5', 14, 'not "like"'],
    ['accuracy > 1', 0, 'expected metric.KEY'],
    ['fit.score > 1', 0, 'for a metric write metric.fit.score, for a param param.fit.score'],
    ['measure.a > 1', 0, 'not "measure"'],
    ['constructor = 1', 0, 'not "constructor"'],
    ['state = complete', 8, 'did you mean completed'],
    ['state = toString', 8, 'is no state of a run'],
    ['state > running', 8, 'compared with = and != only'],
    ['(state = running', 16, 'expected ")" to close the parenthesis'],
    ['state = running)', 15, 'expected "and", "or" or the end'],
    ['state = running state = failed', 16, 'expected "and", "or" or the end'],
    ['tag.x in blue', 9, 'expected "(" after "in"'],
    ['tag.x in ()', 10, 'expected a value'],
    ['tag.x not = 1', 10, 'expected "in" after "not"'],
    ['tag.x = "open', 8, 'this quote is never closed'],
    ['tag.x = 1; DROP TABLE run', 9, '";" has no meaning here'],
    ['and', 0, 'expected metric.KEY'],
  ])('that is wrong is refused at its place: %s', (filter, position, problem) => {
    expect(() => at.runs.list({ filter })).toThrow(
      expect.objectContaining({
        code: 'tracking/badFilter',
        details: { filter, position, problem: expect.stringContaining(problem) },
      }),
    )
  })

  it('takes no word of a person as SQL', () => {
    const hostile = `x") OR 1=1 --`
    const quoted = JSON.stringify(hostile)
    expect(matching(`tag.${quoted} = ${quoted} or param.${quoted} = ${quoted} or id = ${quoted}`)).toBe('')
  })

  it('is bounded in depth and length, and survives both bounds', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}state = running${')'.repeat(depth)}`
    expect(matching(nested(90))).toBe('bd')
    expect(() => parseFilter(nested(50_000))).toThrow(expect.objectContaining({ code: 'tracking/badFilter' }))
    expect(() => parseFilter('not '.repeat(50_000))).toThrow(expect.objectContaining({ code: 'tracking/badFilter' }))
    const long = Array.from({ length: 490 }, () => 'state = running').join(' or ')
    expect(matching(long)).toBe('bd')
    expect(() => parseFilter(Array.from({ length: 3_000 }, () => 'state = running').join(' or '))).toThrow('too long')
  })
})

describe('a sort', () => {
  it.each([
    ['metric.evaluation.accuracy desc', 'cbad'],
    ['metric.evaluation.accuracy asc', 'abcd'],
    ['metric."my score" desc', 'adcb'],
    ['param.model.C', 'cabd'],
    ['tag.team desc', 'bcad'],
    ['experiment', 'dcab'],
    ['durationMs desc', 'acdb'],
    ['', 'dcba'],
  ])('%s', (sort, expected) => {
    expect(
      at.runs
        .list({ sort })
        .runs.map((run) => names.get(run.id))
        .join(''),
    ).toBe(expected)
  })

  it.each([
    ['metric.evaluation.accuracy', true, 'cbad'],
    ['metric.evaluation.accuracy', false, 'abcd'],
    ['metric.my score', true, 'adcb'],
    ['param.model.C', false, 'cabd'],
    ['param.model.deep', true, 'abdc'],
    ['tag.team', true, 'bcad'],
    ['experiment', false, 'dcab'],
    ['durationMs', true, 'acdb'],
  ] as const)('of columns by %s, descending: %s, is the same', (name, descending, expected) => {
    expect(sortedInColumns(name, descending)).toBe(expected)
    const sort = name === 'metric.my score' ? 'metric."my score"' : name
    const { runs } = at.runs.list({ sort: `${sort} ${descending ? 'desc' : 'asc'}` })
    expect(runs.map((run) => names.get(run.id)).join('')).toBe(expected)
  })

  it('by something that runs do not have is refused', () => {
    for (const sort of ['accuracy', 'metric.', 'toString desc', '; DROP TABLE run']) {
      expect(() => at.runs.list({ sort })).toThrow(expect.objectContaining({ code: 'tracking/badSort' }))
    }
  })

  it('goes page by page', () => {
    const page = (offset: number) => at.runs.list({ sort: 'id', limit: 3, offset })
    expect([page(0).runs.length, page(3).runs.length, page(0).total, page(3).total]).toEqual([3, 1, 4, 4])
  })
})
