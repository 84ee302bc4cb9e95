import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import type { Job } from '../../../core/domain/job.ts'
import { runProgram } from './measure.ts'
import { repository } from './peers.ts'

const node = join(repository, 'node_modules/node/bin/node')

/** The shell runs what was built. */
export async function buildCore(note: (line: string) => void): Promise<void> {
  note('Building core …')
  await runProgram(node, ['core/hosts/launcher/build.mjs', '--only', 'core'], { cwd: repository })
}

/** A core in this process, of the modules that the app runs: from its source, each thread would compile them anew. */
export async function openBuiltCore(project: string, homeFolder: string): Promise<ProjectCore> {
  const built = (name: string) => import(pathToFileURL(join(repository, 'dist', 'core', `${name}.mjs`)).href)
  const { createProjectCore } = (await built(
    'project-core',
  )) as typeof import('../../../core/hosts/create-project-core.ts')
  const { findAssets } = (await built('assets')) as typeof import('../../../core/hosts/assets.ts')
  return createProjectCore(project, { homeFolder, assets: findAssets() })
}

/** `slipway -C project …` as a shell starts it, the launcher included; gives what it printed. */
export function createShell(project: string, homeFolder: string) {
  const env = { SLIPWAY_HOME: homeFolder, NO_COLOR: '1' }
  const launcher = join(repository, 'core/hosts/launcher/launcher.mjs')
  return (...args: string[]) => runProgram(node, [launcher, '-C', project, ...args], { env })
}

/** Processes that a core has started and that live: warm interpreters, workers. */
export function childrenOf(core: number): readonly number[] {
  return readFileSync(`/proc/${core}/task/${core}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** Until the job has ended. @throws Error with its failure */
export function settle(core: ProjectCore, started: Job): Promise<void> {
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
