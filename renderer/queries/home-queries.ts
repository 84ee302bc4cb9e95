import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useStore } from 'zustand'
import type { Settings } from '../../core/api/home-core.ts'
import { type HomeClient, useHomeConnection } from '../clients/connections.tsx'

export function useKnownProjects() {
  return useHomeQuery(['projects'], (home) => home.projects.known({}))
}

export function useTemplates() {
  return useHomeQuery(['templates'], (home) => home.templates.list({}))
}

export function useReadiness() {
  return useHomeQuery(['readiness'], (home) => home.readiness.check({}))
}

export function useFolder(path: string | null, enabled: boolean) {
  return useHomeQuery(['folders', path], (home) => home.folders.list({ path }), enabled)
}

export function useSuggestedFolder(template: string | null) {
  return useHomeQuery(
    ['suggestedFolder', template],
    (home) => home.projects.suggestFolder({ template: template ?? '' }),
    template !== null,
  )
}

export function useSettings() {
  return useHomeQuery(['settings'], (home) => home.settings.get({}))
}

export function useOpenProject() {
  return useHomeCommand((home, folder: string) => home.projects.open({ folder }), ['projects'])
}

export function useCreateProject() {
  return useHomeCommand(
    (home, input: { template: string; folder: string }) => home.projects.create(input),
    ['projects', 'suggestedFolder'],
  )
}

export function useForgetProject() {
  return useHomeCommand((home, key: string) => home.projects.forget({ key }), ['projects'])
}

export function useChangeSettings() {
  return useHomeCommand((home, change: Partial<Settings>) => home.settings.change(change), ['settings'])
}

function useHomeQuery<Answer>(
  key: readonly unknown[],
  ask: (home: HomeClient) => Promise<Answer>,
  enabled = true,
): UseQueryResult<Answer> {
  const connection = useHomeConnection()
  const isOpen = useStore(connection.store, (now) => now.state === 'open')
  return useQuery({
    queryKey: ['home', ...key],
    queryFn: () => ask(connection.client()),
    enabled: isOpen && enabled,
  })
}

function useHomeCommand<Input, Answer>(
  run: (home: HomeClient, input: Input) => Promise<Answer>,
  changes: readonly string[],
) {
  const connection = useHomeConnection()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => run(connection.client(), input),
    onSuccess: () => Promise.all(changes.map((area) => queries.invalidateQueries({ queryKey: ['home', area] }))),
  })
}
