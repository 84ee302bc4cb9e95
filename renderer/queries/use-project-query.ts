import { keepPreviousData, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useStore } from 'zustand'
import { type ProjectClient, useProjectConnection, useProjectKey } from '../clients/connections.tsx'

type Options = {
  /** False holds the question back. */
  readonly enabled?: boolean
  /** Keeps the former answer on screen while a new question is asked. */
  readonly keepPrevious?: boolean
  /** Asks again this often; for what core does not announce. */
  readonly everyMs?: number
}

/** A question to the open project. Keys start with the project, then the area: `['wine-1f', 'runs', …]`. */
export function useProjectQuery<Answer>(
  key: readonly unknown[],
  ask: (client: ProjectClient) => Promise<Answer>,
  options: Options = {},
): UseQueryResult<Answer> {
  const connection = useProjectConnection()
  const project = useProjectKey()
  const isOpen = useStore(connection.store, (now) => now.state === 'open')
  return useQuery({
    queryKey: [project, ...key],
    queryFn: () => ask(connection.client()),
    enabled: isOpen && (options.enabled ?? true),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(options.everyMs ? { refetchInterval: options.everyMs } : {}),
  })
}

/** A change to the open project; afterwards the named areas are asked again. */
export function useProjectCommand<Input, Answer>(
  run: (client: ProjectClient, input: Input) => Promise<Answer>,
  changes: readonly string[] = [],
) {
  const connection = useProjectConnection()
  const project = useProjectKey()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => run(connection.client(), input),
    onSuccess: () => Promise.all(changes.map((area) => queries.invalidateQueries({ queryKey: [project, area] }))),
  })
}
