import { expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import {
  formatRunViews,
  parseRunView,
  parseRunViews,
  plainView,
  type RunView,
  viewToLink,
  withView,
} from '../../../core/domain/run-views.ts'

const view: RunView = {
  name: 'Good ones',
  filter: 'metric.evaluation.accuracy > 0.9',
  sort: [{ id: 'metric.evaluation.accuracy', descending: true }],
  columns: ['state', 'param.train.C'],
  pinned: ['state'],
  onlyDiffering: true,
  groupBy: ['param.train.kernel', 'tag.team'],
  aggregate: 'max',
}

it('a view is read as it was written, from a file and from an address', () => {
  expect(parseRunViews(formatRunViews([view]))).toEqual([view])
  expect(parseRunView(JSON.parse(viewToLink(view)))).toEqual(view)
  expect(parseRunView({ name: 'Plain' })).toEqual({ name: 'Plain', ...plainView })
  expect(viewToLink({ name: 'Plain', ...plainView })).toBe('{"name":"Plain"}')
})

it('a view replaces the one of its name, and a file is in the order of the names', () => {
  const other = { ...view, name: 'Bad ones' }
  expect(withView([view, other], { ...view, filter: '' }).find(({ name }) => name === 'Good ones')?.filter).toBe('')
  expect(parseRunViews(formatRunViews([view, other])).map(({ name }) => name)).toEqual(['Bad ones', 'Good ones'])
})

it.each([
  ['{', 'it is no JSON'],
  ['{"view": []}', 'it has no list of views'],
  ['{"views": [{"name": " "}]}', 'view 1: it has no name'],
  ['{"views": [{"name": "a"}, 3]}', 'view 2: it is no object'],
  ['{"views": [{"name": "a", "filter": 3}]}', 'view 1: its filter is no text'],
  ['{"views": [{"name": "a", "columns": ["metrics.x"]}]}', 'view 1: "metrics.x" is no column'],
  ['{"views": [{"name": "a", "sort": [{"id": "nothing"}]}]}', 'view 1: "nothing" is no column'],
  ['{"views": [{"name": "a", "aggregate": "sum"}]}', 'view 1: its aggregate is none of mean'],
])('%s is refused with a reason', (text, reason) => {
  const refuse = () => parseRunViews(text)
  expect(refuse).toThrow(reason)
  try {
    refuse()
  } catch (error) {
    expect(isFailure(error) && error.code).toBe('tracking/viewsUnreadable')
  }
})
