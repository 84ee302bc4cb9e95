import { coversPath, isGlob } from '../../../core/domain/dataset-path.ts'

/**
 * What stands for files and folders of the project in a dataset's path, which is one. That of their kind, if it takes in
 * no other file; else the first narrower one that takes in these alone; else that of their kind all the same.
 * @param all every file of the project
 */
export function suggestPattern(given: readonly string[], all: readonly string[]): string {
  const general = patternOfKind(given) ?? ''
  const count = filesOf(given, all).length
  const isExact = (pattern: string) => all.filter((path) => coversPath(pattern, path)).length === count
  return [general, ...narrowPatterns(given)].find(isExact) ?? general
}

/** The files that were given: themselves, or with a folder that was. */
export function filesOf(given: readonly string[], all: readonly string[]): readonly string[] {
  const named = new Set(given)
  const isNamed = (path: string): boolean => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      if (named.has(path.slice(0, end))) return true
    return false
  }
  return all.filter(isNamed)
}

/** The one, else those of their kind below their folder; null where they have none in common. */
export function patternOfKind(paths: readonly string[]): string | null {
  const [first = ''] = paths
  if (paths.length === 1) return first
  const folders = paths.map((path) => path.split('/').slice(0, -1))
  const shared = (folders[0] ?? []).filter((_, index, all) =>
    folders.every((parts) => all.slice(0, index + 1).every((part, at) => parts[at] === part)),
  )
  const ending = /\.[^./]+$/.exec(first)?.[0] ?? null
  const place = shared.join('/')
  if (ending === null || !paths.every((path) => path.endsWith(ending))) return place === '' ? null : place
  const isFlat = folders.every((parts) => parts.length === shared.length)
  return [place, isFlat ? `*${ending}` : `**/*${ending}`].filter((part) => part !== '').join('/')
}

/** By what the names have in common, part by part: `*`, or a `?` for each character where they are as long as each other. */
function narrowPatterns(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => path.split('/'))
  const [first = []] = parts
  // A name that holds such a character itself cannot be told from a pattern.
  if (paths.some(isGlob) || parts.some(({ length }) => length !== first.length)) return []
  const columns = first.map((_, at) => parts.map((names) => names[at] ?? ''))
  return [starFor, questionsFor].map((patternFor) => columns.map(patternFor).join('/'))
}

function starFor(names: readonly string[]): string {
  const [first = ''] = names
  if (names.every((name) => name === first)) return first
  const shortest = Math.min(...names.map(({ length }) => length))
  let start = 0
  while (start < shortest && names.every((name) => name[start] === first[start])) start++
  let end = 0
  while (end < shortest - start && names.every((name) => name.at(-end - 1) === first.at(-end - 1))) end++
  return `${first.slice(0, start)}*${first.slice(first.length - end)}`
}

function questionsFor(names: readonly string[]): string {
  const letters = names.map((name) => [...name])
  const [first = []] = letters
  if (letters.some(({ length }) => length !== first.length)) return starFor(names)
  return first.map((letter, at) => (letters.every((name) => name[at] === letter) ? letter : '?')).join('')
}
