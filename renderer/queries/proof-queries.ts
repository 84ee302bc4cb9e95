import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

/** Every proof of a run, newest first. */
export function useProofs(run: string) {
  return useProjectQuery(['proofs', run], (client) => client.proofs.list({ run }))
}

export function useProveRun() {
  return useProjectCommand((client, input: { readonly run: string; readonly why: boolean }) =>
    client.proofs.start(input),
  )
}
