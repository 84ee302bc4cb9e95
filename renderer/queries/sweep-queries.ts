import type { SweepRequest } from '../../core/domain/sweep.ts'
import type { ProjectClient } from '../clients/connections.tsx'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

export function useSweeps() {
  return useProjectQuery(['sweeps', 'list'], (client) => client.sweeps.list({}))
}

export function useSweep(sweep: string) {
  return useProjectQuery(['sweeps', 'detail', sweep], (client) => client.sweeps.get({ sweep }))
}

/** What would be tried; its failure says what is wrong with the form. */
export function useSweepPlan(request: SweepRequest, enabled: boolean) {
  return useProjectQuery(['sweeps', 'plan', request], (client) => client.sweeps.plan(toInput(request)), { enabled })
}

export function useStartSweep() {
  return useProjectCommand((client, request: SweepRequest) => client.sweeps.start(toInput(request)), ['sweeps'])
}

export function useResumeSweep() {
  return useProjectCommand(
    (client, input: { sweep: string; retryFailed: boolean }) => client.sweeps.resume(input),
    ['sweeps'],
  )
}

export function useCancelSweep() {
  return useProjectCommand((client, sweep: string) => client.sweeps.cancel({ sweep }), ['sweeps'])
}

/** The wire's input types are not readonly; what is sent is copied anyway. */
function toInput(request: SweepRequest): Parameters<ProjectClient['sweeps']['start']>[0] {
  return request as Parameters<ProjectClient['sweeps']['start']>[0]
}
