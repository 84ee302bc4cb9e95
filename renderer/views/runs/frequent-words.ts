import { quote } from '../../../core/domain/filter-clauses.ts'
import { kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { paramText } from './runs-cells.tsx'

const most = 40

/** The words that stand in a column, those of most runs first, as a filter spells them. */
export function frequentWords(columns: RunColumns, name: RunColumnName): readonly string[] {
  if (name === 'state') return ['completed', 'failed', 'running', 'canceled', 'queued']
  columns.need([name])
  const column = columns.column(name)
  if (column?.kind !== 'text') return []
  const counts = new Uint32Array(column.dictionary.length + 1)
  for (const code of column.codes) (counts[code] as number) += 1
  return Array.from(column.dictionary.keys())
    .filter((index) => (counts[index + 1] as number) > 0)
    .sort((a, b) => (counts[b + 1] as number) - (counts[a + 1] as number))
    .slice(0, most)
    .map((index) => spellWord(name, column.dictionary[index] as string))
}

function spellWord(name: RunColumnName, word: string): string {
  if (kindOf(name) === 'param' && !word.startsWith('"')) return word
  return quote(kindOf(name) === 'param' ? paramText(word) : word)
}
