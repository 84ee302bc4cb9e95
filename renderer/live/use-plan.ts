import { create } from 'zustand'
import type { ParamOverrides } from '../../core/api/runs-area.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import { isRunnable } from '../../core/domain/pipeline.ts'
import type { RunPlan } from '../../core/domain/reason.ts'
import { useRunPlan } from '../queries/run-queries.ts'
import { isUnsaved, useBuffers } from './buffers.ts'
import { usePipelineNow } from './use-pipeline-now.ts'

/** Params set for the next run, over the defaults in the text. Keys are `STEP.PARAM`. */
export const useOverrides = create<{ params: ParamOverrides }>(() => ({ params: {} }))

export function setOverride(key: string, value: JsonValue): void {
  useOverrides.setState(({ params }) => ({ params: { ...params, [key]: value } }))
}

export function dropOverride(key: string): void {
  useOverrides.setState(({ params }) => {
    const { [key]: _, ...rest } = params
    return { params: rest }
  })
}

export function dropAllOverrides(): void {
  useOverrides.setState({ params: {} })
}

/** What "run everything that is stale" would do with the params as they are set. */
export function usePlan(): RunPlan | null {
  const params = useOverrides((state) => state.params)
  const pipeline = usePipelineNow((now) => now.pipeline)
  const enabled = pipeline !== null && isRunnable(pipeline) && pipeline.steps.length > 0
  const plan = useRunPlan({ steps: [], params }, enabled)
  return enabled ? (plan.data ?? null) : null
}

/** How many steps a run would execute; null while that is not known, and with unsaved text it is not: a run saves first. */
export function useStaleCount(): number | null {
  const plan = usePlan()
  const hasUnsaved = useBuffers((state) => Object.values(state.buffers).some(isUnsaved))
  return plan === null || hasUnsaved ? null : plan.steps.filter((step) => step.state !== 'cached').length
}
