import { fail } from './failure.ts'
import type { Filter, FilterOperator, FilterSubject, FilterValue } from './filter-grammar.ts'
import { nearestName } from './nearest-name.ts'
import type { RunState } from './run.ts'

const states: Record<RunState, true> = { queued: true, running: true, completed: true, failed: true, canceled: true }

/** Refuses what can be read but means nothing: a number compared with a word, a state that is none. @throws tracking/badFilter */
export function checkFilter(filter: string, node: Filter): void {
  const refuse = (position: number, problem: string) => fail('tracking/badFilter', { filter, position, problem })
  visit(node)

  function visit(part: Filter): void {
    if (part.kind === 'and' || part.kind === 'or') {
      visit(part.left)
      visit(part.right)
    } else if (part.kind === 'not') visit(part.filter)
    else if (part.kind === 'compare') check(part.subject, part.operator, part.value)
    else if (part.kind === 'in') for (const value of part.values) check(part.subject, '=', value)
  }

  function check(subject: FilterSubject, operator: FilterOperator, value: FilterValue): void {
    if (subject.of === 'metric' || subject.of === 'durationMs') refuseWords(operator, value)
    if (subject.of === 'state') refuseUnknownState(operator, value)
  }

  function refuseWords(operator: FilterOperator, value: FilterValue): void {
    if (operator === 'like') throw refuse(value.position, 'numbers are compared with = != < <= > >=, not "like"')
    if (value.number === null) throw refuse(value.position, `expected a number, not "${value.text}"`)
  }

  function refuseUnknownState(operator: FilterOperator, value: FilterValue): void {
    if (operator !== '=' && operator !== '!=') throw refuse(value.position, 'states are compared with = and != only')
    if (Object.hasOwn(states, value.text)) return
    const near = nearestName(value.text, Object.keys(states))
    const hint = near ? `; did you mean ${near}?` : `; it is ${Object.keys(states).join(', ')}`
    throw refuse(value.position, `"${value.text}" is no state of a run${hint}`)
  }
}
