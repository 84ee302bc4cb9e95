import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import type { Job } from '../../../core/domain/job.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createProjectCore } from '../../../core/hosts/create-project-core.ts'
import { runProgram } from '../harness/measure.ts'
import { repository } from '../harness/peers.ts'
import type { Keeper, KeeperUse } from './keeper.ts'

const node = join(repository, 'node_modules/node/bin/node')
const durability = 'SHA-256, SQLite WAL + FULL; every byte and name synced before it says done'

/** The shell runs what was built. */
export async function buildCore(note: (line: string) => void): Promise<void> {
  note('Building core …')
  await runProgram(node, ['core/hosts/launcher/build.mjs', '--only', 'core'], { cwd: repository })
}

/** The workbench's own core, in this process: what a click on Add costs. */
export function openApp({ folder }: KeeperUse, link: boolean): Keeper {
  const project = join(folder, link ? 'app-link' : 'app')
  const homeFolder = `${project}-home`
  let core: ProjectCore | null = null
  const close = async () => {
    await core?.close()
    core = null
  }
  return {
    ...forms(project, link, 'app', 'in a core that is open'),
    async clear() {
      await close()
      await makeProject(project)
      core = await createProjectCore(project, { homeFolder, assets: findAssets() })
    },
    async add() {
      if (core === null) throw new Error('cleared first')
      await settle(core, core.data.add({ name: 'bench', path: 'data', link }))
    },
    async restore() {
      if (core === null) throw new Error('cleared first')
      const target = join(project, 'restored')
      await rm(target, { recursive: true, force: true })
      await settle(core, core.data.restore('bench', target))
      return join(target, 'data')
    },
    processes: ownChildren,
    close,
  }
}

/** `slipway data add` in a shell, with no workbench open: a process that opens everything, adds, and ends. */
export function openShell({ folder }: KeeperUse, link: boolean): Keeper {
  const project = join(folder, link ? 'shell-link' : 'shell')
  const env = { SLIPWAY_HOME: `${project}-home`, NO_COLOR: '1' }
  const slipway = (...args: string[]) =>
    runProgram(node, [join(repository, 'core/hosts/launcher/launcher.mjs'), '-C', project, ...args, '--quiet'], { env })
  return {
    ...forms(project, link, 'shell', 'launcher and a core of its own included'),
    clear: () => makeProject(project),
    add: async () => void (await slipway('data', 'add', 'bench', 'data', ...(link ? ['--link'] : []))),
    async restore() {
      const target = join(project, 'restored')
      await rm(target, { recursive: true, force: true })
      await slipway('data', 'restore', 'bench', '--to', target)
      return join(target, 'data')
    },
  }
}

function forms(project: string, link: boolean, host: string, cost: string) {
  const how = link
    ? 'read-only and linked into the store: no copy, as annex'
    : 'a copy that no later write can hurt (reflink where the disk can, else written past the page cache)'
  return {
    name: `slipway, ${host}${link ? ', --link' : ''}`,
    about: `${findAssets().version}; ${how}; ${durability}; ${cost}`,
    data: join(project, 'data'),
    stored: join(project, '.slipway', 'store'),
  }
}

async function makeProject(project: string): Promise<void> {
  if (existsSync(project)) await runProgram('chmod', ['-R', 'u+w', project])
  await rm(project, { recursive: true, force: true })
  await mkdir(project, { recursive: true })
  await writeFile(join(project, 'slipway.toml'), 'name = "bench"\n')
}

function ownChildren(): readonly number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
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
