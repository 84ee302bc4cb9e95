import { useMemo } from 'react'
import { useNewestRun } from '../../live/use-newest-run.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { usePlan } from '../../live/use-plan.ts'
import { usePipeline } from '../../queries/workspace-queries.ts'
import { type StepStatus, toStepStatuses } from './step-status.ts'

const noBuffers = {}
const noStatuses: ReadonlyMap<string, StepStatus> = new Map()

export function useStepStatuses(): ReadonlyMap<string, StepStatus> {
  const graph = usePipelineNow((now) => now.graph)
  const saved = usePipeline(noBuffers).data ?? null
  const plan = usePlan()
  const newest = useNewestRun()
  const run = newest?.run ?? null
  const stepRuns = newest?.stepRuns
  return useMemo(
    () => (graph ? toStepStatuses({ graph, saved, plan, run, stepRuns: stepRuns ?? {} }) : noStatuses),
    [graph, saved, plan, run, stepRuns],
  )
}
