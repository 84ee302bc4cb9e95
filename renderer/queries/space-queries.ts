import type { SpaceRequest } from '../../core/domain/space.ts'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

/** Where the space of the project went, and what nothing needs. */
export function useSpace() {
  return useProjectQuery(['space'], (client) => client.space.survey({}))
}

export function useClearSpace() {
  return useProjectCommand((client, request: SpaceRequest) => client.space.clear(request))
}
