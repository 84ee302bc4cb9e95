import { spellName } from '../../../core/domain/filter-clauses.ts'
import { keyOf, kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'

export type Suggestion = {
  /** What is shown. */
  readonly label: string
  readonly note: string
  /** What replaces the text between `from` and `to`. */
  readonly text: string
  readonly from: number
  readonly to: number
}

type Known = {
  readonly names: readonly RunColumnName[]
  /** Words that stand in a column, the frequent first, as a filter spells them. */
  readonly values: (name: RunColumnName) => readonly string[]
}

const most = 12
const numberOperators = ['>', '>=', '<', '<=', '=', '!=', 'in']
const wordOperators = ['=', '!=', 'in', 'not in', 'like', '<', '>']
const typing = /[\p{L}\p{N}_.:/@%*+"'-]*$/u
const pieces = /[<>=!]+|[(),]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\p{L}\p{N}_.:/@%*+-]+(?:"(?:[^"\\]|\\.)*")?/gu

/** What may come next at the caret: a name, how to compare it, a value of it, or how to go on. */
export function suggestFilter(filter: string, caret: number, known: Known): readonly Suggestion[] {
  const before = filter.slice(0, caret)
  const begun = (typing.exec(before) as RegExpExecArray)[0]
  const from = caret - begun.length
  const to = caret + (/^[\p{L}\p{N}_.:/@%*+-]*/u.exec(filter.slice(caret)) as RegExpExecArray)[0].length
  const offer = (labels: readonly string[], note: string, after = ' '): readonly Suggestion[] =>
    pick(labels, begun).map((label) => ({ label, note, text: label + after, from, to }))

  const place = placeAfter(before.slice(0, from), known.names)
  switch (place.expects) {
    case 'name':
      return [...suggestNames(begun, known.names, from, to), ...(begun ? offer(['not'], '') : [])].slice(0, most)
    case 'operator':
      return offer(isNumeric(place.name) ? numberOperators : wordOperators, 'compare')
    case 'value':
      return offer(known.values(place.name), keyOf(place.name)).slice(0, most)
    case 'join':
      // A filter may end here: only who goes on is helped.
      return begun !== '' || /\s$/.test(before) ? offer(['and', 'or'], 'go on') : []
    case 'nothing':
      return []
  }
}

type Place =
  | { readonly expects: 'name' | 'join' | 'nothing' }
  | { readonly expects: 'operator' | 'value'; readonly name: RunColumnName }

function placeAfter(before: string, names: readonly RunColumnName[]): Place {
  const spelled = new Map(names.map((name) => [spell(name).toLowerCase(), name]))
  let place: Place = { expects: 'name' }
  for (const [piece] of before.matchAll(pieces)) {
    const word = piece.toLowerCase()
    if (place.expects === 'nothing') return place
    if (place.expects === 'name') {
      const name = spelled.get(word)
      if (name) place = { expects: 'operator', name }
      else if (word !== 'not' && word !== '(') place = { expects: 'nothing' }
    } else if (place.expects === 'operator') {
      if (word === 'and' || word === 'or') place = { expects: 'name' }
      else if (word === ')') place = { expects: 'join' }
      else if (word !== 'not') place = { expects: 'value', name: place.name }
    } else if (place.expects === 'value') {
      if (word !== '(' && word !== ',') place = { expects: 'join' }
    } else if (word === 'and' || word === 'or') place = { expects: 'name' }
  }
  return place
}

function suggestNames(begun: string, names: readonly RunColumnName[], from: number, to: number): readonly Suggestion[] {
  const byText = new Map(names.map((name) => [spell(name), name]))
  return pick([...byText.keys()], begun).map((label) => ({
    label,
    note: kindOf(byText.get(label) as RunColumnName) === 'field' ? 'run' : '',
    text: `${label} `,
    from,
    to,
  }))
}

/** Those that begin so, then those that hold it. */
function pick(labels: readonly string[], begun: string): readonly string[] {
  const sought = begun.toLowerCase()
  const starts = labels.filter((label) => label.toLowerCase().startsWith(sought))
  const pieces = sought.split('.')
  const holds = labels.filter((label) => holdsInOrder(label.toLowerCase(), pieces) && !starts.includes(label))
  const found = [...starts, ...holds].slice(0, most)
  return found.length === 1 && found[0] === begun ? [] : found
}

/** `param.ker` finds `param.train.kernel`. */
function holdsInOrder(label: string, pieces: readonly string[]): boolean {
  let at = 0
  return pieces.every((piece) => {
    const found = label.indexOf(piece, at)
    at = found + piece.length
    return found >= 0
  })
}

function spell(name: RunColumnName): string {
  const kind = kindOf(name)
  return kind === 'field' ? name : spellName(kind, keyOf(name))
}

function isNumeric(name: RunColumnName): boolean {
  return kindOf(name) === 'metric' || name === 'durationMs'
}
