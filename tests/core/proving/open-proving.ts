import { join } from 'node:path'
import type { Environment } from '../../../core/domain/environment.ts'
import type { Kernel } from '../../../core/execution/kernel.ts'
import { createProving } from '../../../core/proving/create-proving.ts'
import { createProofStore } from '../../../core/proving/proof-store.ts'
import type { TestEnvironmentName } from '../../builders/python-environment.ts'
import { openExecution, type ProjectFiles } from '../execution/open-execution.ts'

/** A project that was run, and everything to prove it with, real throughout but for an environment made before. */
export async function openProving(
  files: ProjectFiles,
  options: { readonly environment?: TestEnvironmentName; readonly recordWith?: (kernel: Kernel) => Kernel } = {},
) {
  const opened = await openExecution(files, options)
  const { project, database, queries, store, kernel, lineage } = opened
  const proving = createProving({
    project,
    environments: {
      find: async (_: Environment, lockText: string) => {
        if (lockText !== (await opened.environments.lockText())) throw new Error(`no environment for ${lockText}`)
        return { pythonPath: await opened.environments.pythonPath(), rebuilt: false, release: () => undefined }
      },
    },
    queries,
    store,
    kernel,
    proofs: createProofStore(database, lineage),
  })
  const phases: string[] = []
  const prove = (why = false, run = 'latest') =>
    proving.prove(run, {
      why,
      report: ({ phase }) => {
        if (phases.at(-1) !== phase) phases.push(phase)
      },
      signal: new AbortController().signal,
    })
  return {
    ...opened,
    proving,
    prove,
    phases,
    blob: (digest: string) => join(store.folder, 'blobs', digest.replace(':', '/')),
  }
}
