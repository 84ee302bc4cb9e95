import { useProjectCommand } from './use-project-query.ts'

export function useCancelJob() {
  return useProjectCommand((client, id: string) => client.jobs.cancel({ id }))
}

export function useStartJourney() {
  return useProjectCommand((client, _: undefined) => client.journey.start({}))
}

export function useRunDoctor() {
  return useProjectCommand((client, repair: boolean) => client.doctor.run({ repair }))
}
