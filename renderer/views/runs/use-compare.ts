import { useCallback } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { useCommands } from '../../commands/command-registry.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import type { MarkedRuns } from './marked-runs.ts'

const mostCompared = 20

/** Comparing the selected runs, as a command: `reason` says why it cannot be done now. */
export function useCompare(columns: RunColumns, count: number, marked: MarkedRuns) {
  const project = useProjectKey()
  const reason =
    marked.size < 2
      ? 'Select two or more runs to compare them.'
      : marked.size > mostCompared
        ? `At most ${mostCompared} runs can be compared in detail.`
        : null
  const compare = useCallback(() => {
    // From the oldest to the newest, so that a diff reads as what was changed.
    const inOrder = Array.from({ length: count }, (_, row) => columns.value('id', row)).filter(
      (id) => typeof id === 'string' && marked.has(id),
    )
    navigate(projectHref(project, 'runs', ['compare'], { runs: inOrder.join(',') }))
  }, [columns, count, marked, project])
  useCommands([
    { id: 'runs.compare', title: 'Compare the selected runs', context: 'Runs', disabled: reason, run: compare },
  ])
  return { compare, reason }
}
