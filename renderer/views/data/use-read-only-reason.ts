import { useProject } from '../../queries/workspace-queries.ts'

/** Why nothing of the project may be written now; null when it may. */
export function useReadOnlyReason(): string | null {
  const reason = useProject().data?.readOnly ?? null
  return reason === null ? null : `The project is open for reading only. ${reason}`
}
