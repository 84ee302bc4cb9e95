import { keyOf, kindOf, type RunColumnKind, type RunColumnName } from '../../../core/domain/run-columns.ts'

const fieldTitles: Readonly<Record<string, { readonly title: string; readonly width: number }>> = {
  id: { title: 'Run', width: 142 },
  state: { title: 'State', width: 116 },
  startedAt: { title: 'Started', width: 118 },
  durationMs: { title: 'Duration', width: 92 },
  cachedSteps: { title: 'Cached', width: 78 },
  experiment: { title: 'Experiment', width: 120 },
  'tag.note': { title: 'Note', width: 260 },
}

export const kindWords: Record<RunColumnKind, string> = {
  field: 'Run',
  metric: 'Metrics',
  param: 'Params',
  tag: 'Tags',
}

/** `train.C` is the C of `train`: the short word first, since it is what is looked for. */
export function titleOf(name: RunColumnName): { readonly title: string; readonly note?: string } {
  const field = fieldTitles[name]
  if (field) return { title: field.title }
  const key = keyOf(name)
  const dot = key.lastIndexOf('.')
  return dot > 0 ? { title: key.slice(dot + 1), note: key.slice(0, dot) } : { title: key }
}

export function usualWidth(name: RunColumnName, withDelta: boolean): number {
  const field = fieldTitles[name]
  if (field) return field.width
  const { title, note = '' } = titleOf(name)
  const room = withDelta && kindOf(name) === 'metric' ? 44 : 0
  return Math.max(88, Math.min(240, Math.round(title.length * 7 + note.length * 6.8 + 34))) + room
}

export function alignOf(name: RunColumnName): 'start' | 'end' {
  return kindOf(name) === 'metric' || name === 'durationMs' || name === 'cachedSteps' ? 'end' : 'start'
}
