import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import type { OpenedProject } from '../../../core/project/opened-project.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { openExecution, pythonPackages } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const code = 'from slipway import step\n\n@step\ndef fine():\n    return {"answer": 42}\n'

const asTheProduct = (project: OpenedProject) =>
  createEnvironments({
    projectFolder: project.get().folder,
    settings: async () => (await project.settings()).environment,
    pythonPackageFolder: join(pythonPackages, 'slipway'),
    readToml: readTomlPlain,
  })

describe('a run in an environment of its own', () => {
  it('makes the environment first, tells where it stands, and mends it when its interpreter is gone', async () => {
    const { execution, queries, store, folder } = await openExecution(
      { 'pipeline.py': code, 'requirements.txt': '' },
      { environments: asTheProduct },
    )
    const run = async () => {
      const phases: string[] = []
      const { runId, done } = await execution.start(
        { steps: [], params: {} },
        { report: ({ phase }) => phases.push(phase), signal: new AbortController().signal },
      )
      await done
      return { phases: [...new Set(phases)], ...queries.get(runId) }
    }
    const first = await run()
    expect(first.run).toMatchObject({ state: 'completed', failure: null, metrics: { 'fine.answer': 42 } })
    expect(first.phases).toEqual(
      expect.arrayContaining(['Prepare environment', 'Create environment', 'Plan', 'Run steps']),
    )
    expect(store.has(first.environment?.lockDigest as NonNullable<typeof first.environment>['lockDigest'])).toBe(true)

    rmSync(join(folder, '.slipway', 'environment', 'bin', 'python3'), { force: true })
    rmSync(join(folder, '.slipway', 'environment', 'bin', 'python'), { force: true })
    expect((await execution.plan({ steps: [], params: {} })).steps).toHaveLength(1)
    const mended = await run()
    expect(mended.run).toMatchObject({ state: 'completed', failure: null, cachedSteps: 1 })
  })

  it('says why when the environment cannot be made, and records the run as failed', async () => {
    const { execution, queries } = await openExecution(
      { 'pipeline.py': code, 'requirements.txt': '--index-url http://evil.example\n' },
      { environments: asTheProduct },
    )
    const options = { report: () => undefined, signal: new AbortController().signal }
    const { runId, done } = await execution.start({ steps: [], params: {} }, options)
    expect(await done).toMatchObject({ state: 'failed', failure: { code: 'environments/requirementRefused' } })
    expect(queries.get(runId).steps.map(({ state }) => state)).toEqual(['skipped'])
  })
})
