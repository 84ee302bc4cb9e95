import type { ModuleFacts, PlacedStatement } from './module-facts.ts'
import type { StepSource } from './opened-project.ts'

/** Imports by their text, then what runs in the order in which it runs, then definitions by name. */
export function describeParts(
  module: ModuleFacts,
  statements: ReadonlySet<number>,
  imports: ReadonlySet<string>,
  asWritten: boolean,
): StepSource['parts'] {
  const chosen = [...statements]
    .sort((a, b) => a - b)
    .map((index) => (module.statements[index] as PlacedStatement).statement)
  const definitions = chosen
    .filter((statement) => statement.kind === 'definition')
    .map((statement, order) => ({ statement, order, name: statement.binds[0] ?? '' }))
    .sort((a, b) => (a.name === b.name ? a.order - b.order : a.name < b.name ? -1 : 1))
    .map(({ statement }) => statement)
  const others = chosen.filter((statement) => statement.kind !== 'definition')
  return [
    ...[...imports].sort().map((text) => ({ module: module.path, name: 'import', text })),
    ...[...others, ...definitions].map((statement) => ({
      module: module.path,
      name: statement.binds.join(', ') || 'statement',
      text: asWritten ? statement.text : statement.normalText,
    })),
  ]
}

export function toText(parts: StepSource['parts']): string {
  let module = ''
  let isImport = false
  return parts
    .map((part) => {
      const heading = part.module === module ? '' : `${module === '' ? '' : '\n'}# ${part.module}\n`
      const gap = heading === '' && !(isImport && part.name === 'import') ? '\n' : ''
      module = part.module
      isImport = part.name === 'import'
      return `${heading}${gap}${part.text}\n`
    })
    .join('')
}
