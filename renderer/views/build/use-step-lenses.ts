import { useMemo } from 'react'
import { runCommand } from '../../commands/command-registry.ts'
import { stepStateWords } from '../../components/badge.tsx'
import { describeDuration } from '../../components/describe-values.ts'
import type { StepLens } from '../../editor/step-lenses.ts'
import { selectStep } from '../../live/selected-step.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import type { StepStatus } from './step-status.ts'
import { useStepStatuses } from './use-step-statuses.ts'

/** Above each step of a file: run it, and how it stands. */
export function useStepLenses(path: string, text: string): readonly StepLens[] {
  const steps = usePipelineNow((now) => (now.brokenAt ? null : now.graph?.steps))
  const statuses = useStepStatuses()
  return useMemo(
    () =>
      (steps ?? [])
        .filter((step) => step.module === path)
        .map((step) => {
          const status = statuses.get(step.name)
          return {
            line: firstLine(text, step.span.line),
            actions: [
              { title: 'Run step', run: () => runStep(step.name) },
              ...(status ? [{ title: describeStatus(status), run: () => selectStep(step.name) }] : []),
            ],
          }
        }),
    [steps, statuses, path, text],
  )
}

/** The line of the topmost decorator above a definition. */
function firstLine(text: string, definition: number): number {
  const lines = text.split('\n')
  let first = definition
  for (let line = definition - 1; line > 0 && lines[line - 1]?.trim(); line--) {
    if (lines[line - 1]?.startsWith('@')) first = line
  }
  return first
}

function runStep(name: string): void {
  selectStep(name)
  // The command follows the selection, which the window takes in first.
  setTimeout(() => runCommand('run.step'))
}

function describeStatus(status: StepStatus): string {
  const word = stepStateWords[status.state]
  if (status.reasons.length > 0 && status.state === 'stale') return `${word}: ${status.reasons.join(', ')}`
  if (status.savedMs !== null) return `${word}, saves ${describeDuration(status.savedMs)}`
  if (status.durationMs !== null) return `${word}, ${describeDuration(status.durationMs)}`
  return word
}
