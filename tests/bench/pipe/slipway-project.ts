import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import type { Job } from '../../../core/domain/job.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createProjectCore } from '../../../core/hosts/create-project-core.ts'
import { before, nameOf, offsetOf, type Plan } from './shapes.ts'

export type SlipwayProject = {
  readonly folder: string
  readonly core: ProjectCore
  /** Plans nothing, runs what is stale, and answers what each step did. */
  run(params: Readonly<Record<string, JsonValue>>): Promise<Readonly<Record<string, string>>>
  /** The values of all steps of the newest run, by name. */
  values(): Promise<Readonly<Record<string, JsonValue>>>
  close(): Promise<void>
}

export function pipelineOf(plan: Plan): string {
  const steps = Array.from({ length: plan.steps }, (_, index) => {
    const from = before(plan, index)
    const input = from === null ? '' : `${nameOf(from)}, `
    const value = from === null ? 'offset' : `${nameOf(from)} + offset`
    const offset = offsetOf(plan, index, 1)
    return `@step\ndef ${nameOf(index)}(${input}*, offset: int = ${offset}):\n    return ${value}\n`
  })
  return `from slipway import step\n\n\n${steps.join('\n\n')}`
}

/** A project with its environment made, opened by a core of its own in this process, as the workbench does. */
export async function openSlipway(
  folder: string,
  files: Readonly<Record<string, string>>,
  homeFolder: string,
): Promise<SlipwayProject> {
  await mkdir(folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text)
  const core = await createProjectCore(folder, { homeFolder, assets: findAssets() })
  await core.project.trust(true)
  await settle(core, core.environment.sync())

  return {
    folder,
    core,
    async run(params) {
      const { job, runId } = await core.runs.start({ steps: [], params })
      await settle(core, job)
      const detail = await core.runs.get(runId)
      return Object.fromEntries(detail.steps.map(({ step, state }) => [step, state]))
    },
    async values() {
      const { artifacts } = await core.runs.get('latest')
      const found: Record<string, JsonValue> = {}
      for (const { name, descriptor } of artifacts) {
        const { base64 } = await core.artifacts.read(descriptor.digest, 0, descriptor.sizeBytes)
        found[name] = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
      }
      return found
    },
    close: () => core.close(),
  }
}

/** Until the job has ended. @throws Error with its failure */
function settle(core: ProjectCore, started: Job): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop = () => {}
    const look = (job: Job | undefined) => {
      if (job?.id !== started.id || job.state === 'queued' || job.state === 'running') return
      stop()
      if (job.state === 'completed') resolve()
      else reject(new Error(job.failure?.message ?? job.state))
    }
    stop = core.jobs.watch(look)
    look(core.jobs.list().find(({ id }) => id === started.id))
  })
}
