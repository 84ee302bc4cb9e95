import type { RecordingChange } from '../../core/api/workspace-area.ts'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

export function useProject() {
  return useProjectQuery(['project'], (client) => client.project.get({}))
}

/** The pipeline as the text says it now; `buffers` are files not saved yet, path → text. */
export function usePipeline(buffers: Readonly<Record<string, string>>) {
  return useProjectQuery(['pipeline', buffers], (client) => client.project.pipeline({ buffers }), {
    keepPrevious: true,
  })
}

export function useFiles() {
  return useProjectQuery(['files'], (client) => client.project.files({}))
}

export function useTrust() {
  return useProjectCommand((client, _: undefined) => client.project.trust({}), ['project'])
}

export function useEnvironmentStatus() {
  return useProjectQuery(['environment'], (client) => client.environment.status({}))
}

export function useKeptEnvironments() {
  return useProjectQuery(['environment', 'kept'], (client) => client.environment.kept({}))
}

export function useCleanEnvironments() {
  return useProjectCommand(
    (client, names: readonly string[] | null) => client.environment.clean(names ? { names: [...names] } : {}),
    ['environment', 'space'],
  )
}

export function useSyncEnvironment() {
  return useProjectCommand((client, _: undefined) => client.environment.sync({}))
}

/** The process of the core; its memory changes while one looks. */
export function useCore() {
  return useProjectQuery(['core'], (client) => client.core.show({}), { everyMs: 5_000 })
}

export function useStopCore() {
  return useProjectCommand((client, _: undefined) => client.core.stop({}), ['core'])
}

/** How much is kept of the files that steps read and of what they print. */
export function useRecording() {
  return useProjectQuery(['project', 'recording'], (client) => client.project.recording({}))
}

export function useChangeRecording() {
  return useProjectCommand((client, change: RecordingChange) => client.project.changeRecording(change), ['project'])
}
