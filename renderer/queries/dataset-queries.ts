import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { DatasetDiff, DatasetVersionDetail } from '../../core/domain/dataset.ts'
import type { Job } from '../../core/domain/job.ts'
import { type ProjectClient, useProjectConnection, useProjectKey } from '../clients/connections.tsx'
import { untilJobEnds } from '../live/until-job-ends.ts'
import { useJob } from '../live/use-jobs.ts'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

/** Declared datasets, and those that have versions though their entry is gone, as they stand now. */
export function useDatasets() {
  return useProjectQuery(['data', 'list'], (client) => client.data.list({}))
}

/** `NAME@VERSION`, or `NAME` for its newest; null asks nothing. */
export function useDatasetVersion(reference: string | null) {
  return useProjectQuery(['data', 'show', reference], (client) => client.data.show({ dataset: reference ?? '' }), {
    enabled: reference !== null,
  })
}

export function useDatasetVersions(name: string) {
  return useProjectQuery(['data', 'versions', name], (client) => client.data.versions({ name }))
}

export function useDatasetUses(name: string) {
  return useProjectQuery(['data', 'uses', name], (client) => client.data.uses({ name }))
}

export function useDatasetFiles(dataset: string, limit: number) {
  return useProjectQuery(['data', 'files', dataset, limit], (client) => client.data.files({ dataset, limit }), {
    keepPrevious: true,
  })
}

export function useUndeclaredFiles() {
  return useProjectQuery(['data', 'undeclared'], (client) => client.data.undeclared({}))
}

type Declaration = Parameters<ProjectClient['data']['declare']>[0]

/** Writes the entry; gives what puts slipway.toml back as it was, which refuses once somebody else has changed it. */
export function useDeclareDataset() {
  return useProjectCommand(
    async (client, declaration: Declaration) => {
      const path = 'slipway.toml'
      const before = await client.project.readFile({ path })
      const dataset = await client.data.declare(declaration)
      const { digest } = await client.project.readFile({ path })
      return { dataset, undo: () => client.project.writeFile({ path, text: before.text, digest }) }
    },
    ['data', 'project', 'file'],
  )
}

export type DiffRequest = {
  readonly name: string
  /** A version's number, or `now` for the files on disk. */
  readonly from: string
  readonly to: string
  readonly key: readonly string[]
}

/**
 * What differs between two states; asked anew when a file of the dataset was written, see `useLiveProject`.
 * @param path the dataset's pattern, by which such files are told
 */
export function useDatasetDiff(path: string, { key, ...request }: DiffRequest, enabled: boolean) {
  const connection = useProjectConnection()
  const project = useProjectKey()
  const isOpen = useStore(connection.store, (now) => now.state === 'open')
  const [jobId, setJobId] = useState<string | null>(null)
  const answer = useQuery({
    queryKey: [project, 'differences', path, request, key],
    enabled: isOpen && enabled,
    queryFn: async ({ signal }) => {
      const client = connection.client()
      const job = await client.data.diff({ ...request, key: [...key] })
      setJobId(job.id)
      signal.addEventListener('abort', () => void client.jobs.cancel({ id: job.id }).catch(() => undefined))
      return untilJobEnds<DatasetDiff>(job, signal)
    },
  })
  return { answer, job: useJob(jobId) }
}

export function useExpectSchema() {
  return useProjectCommand(
    (client, input: { readonly name: string; readonly clear: boolean }) => client.data.expect(input),
    ['data', 'project', 'file'],
  )
}

/** A job as a change that ends when it ends; `job` tells where it stands meanwhile. */
function useDataJob<Input, Result>(start: (client: ProjectClient, input: Input) => Promise<Job>) {
  const connection = useProjectConnection()
  const [jobId, setJobId] = useState<string | null>(null)
  const mutation = useMutation({
    mutationFn: async (input: Input) => {
      const job = await start(connection.client(), input)
      setJobId(job.id)
      return untilJobEnds<Result>(job)
    },
  })
  return { ...mutation, job: useJob(jobId) }
}

export type AddedVersion = {
  readonly dataset: Omit<DatasetVersionDetail, 'files'>
  readonly isNew: boolean
  readonly storedBytes: number
}

export function useAddDataset() {
  return useDataJob<Parameters<ProjectClient['data']['add']>[0], AddedVersion>((client, input) =>
    client.data.add(input),
  )
}

type RestoredFiles = { readonly written: number; readonly unchanged: number; readonly trashed: readonly string[] }

export function useRestoreDataset() {
  return useDataJob<string, RestoredFiles>((client, dataset) => client.data.restore({ dataset }))
}

export function useExportDataset() {
  return useDataJob<{ dataset: string; file: string }, { readonly file: string; readonly sizeBytes: number }>(
    (client, input) => client.data.export({ ...input, format: 'croissant', replaces: false }),
  )
}
