import type { RunListRequest, RunRequest } from '../../core/api/runs-area.ts'
import type { CurveRequest } from '../../core/domain/run.ts'
import type { ProjectClient } from '../clients/connections.tsx'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

/** What a run would do now and why. Asked again when a file, a run or the environment changes. */
export function useRunPlan(request: RunRequest, enabled = true) {
  return useProjectQuery(['plan', request], (client) => client.runs.plan(toInput(request)), {
    enabled,
    keepPrevious: true,
  })
}

export function useRuns(request: RunListRequest) {
  return useProjectQuery(['runs', 'list', request], (client) => client.runs.list(request), { keepPrevious: true })
}

export function useRun(run: string | null) {
  return useProjectQuery(['runs', 'detail', run], (client) => client.runs.get({ run: run ?? '' }), {
    enabled: run !== null,
    keepPrevious: true,
  })
}

export function useRunComparison(runs: readonly string[]) {
  return useProjectQuery(['runs', 'compare', runs], (client) => client.runs.compare({ runs: [...runs] }), {
    enabled: runs.length > 1,
  })
}

/** The kept log of one step (or of all: null) of a run that has ended. */
export function useRunLog(run: string | null, step: string | null, enabled = true) {
  return useProjectQuery(['runs', 'log', run, step], (client) => client.runs.log({ run: run ?? '', step }), {
    enabled: enabled && run !== null,
  })
}

export function useStepSource(run: string | null, step: string) {
  return useProjectQuery(['runs', 'source', run, step], (client) => client.runs.source({ run: run ?? '', step }), {
    enabled: run !== null,
  })
}

export function useMetricHistory(run: string, key: string) {
  return useProjectQuery(['runs', 'history', run, key], (client) => client.runs.history({ run, key }))
}

export function useMetricsWithHistory(runs: readonly string[]) {
  return useProjectQuery(['runs', 'curves', runs], (client) => client.runs.metricsWithHistory({ runs: [...runs] }))
}

export function useCurves(request: CurveRequest) {
  return useProjectQuery(
    ['runs', 'curves', request],
    (client) => client.runs.curves({ ...request, runs: [...request.runs] }),
    { keepPrevious: true },
  )
}

export function useStartRun() {
  return useProjectCommand((client, request: RunRequest) => client.runs.start(toInput(request)))
}

export function useCancelRun() {
  return useProjectCommand((client, run: string) => client.runs.cancel({ run }))
}

export function useTagRun() {
  return useProjectCommand(
    (client, input: { run: string; key: string; value: string | null }) => client.runs.tag(input),
    ['runs'],
  )
}

/** The wire's input types are not readonly; what is sent is copied anyway. */
function toInput(request: RunRequest): Parameters<ProjectClient['runs']['start']>[0] {
  return request as Parameters<ProjectClient['runs']['start']>[0]
}

/** Runs that were deleted and can be restored. */
export function useDeletedRuns() {
  return useProjectQuery(['runs', 'deleted'], (client) => client.runs.deleted({}))
}

export function useDeleteRuns() {
  return useProjectCommand((client, runs: readonly string[]) => client.runs.delete({ runs: [...runs] }), ['runs'])
}

export function useRestoreRuns() {
  return useProjectCommand((client, runs: readonly string[]) => client.runs.restore({ runs: [...runs] }), ['runs'])
}
