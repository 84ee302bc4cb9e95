import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { runProgram } from '../harness/measure.ts'
import { childrenOf, createShell, openBuiltCore, settle } from '../harness/slipway.ts'
import type { Keeper, KeeperUse } from './keeper.ts'

const durability = 'SHA-256, SQLite WAL + FULL; every byte and name synced before it says done'

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
      core = await openBuiltCore(project, homeFolder)
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
    processes: () => childrenOf(process.pid),
    close,
  }
}

/** `slipway data add` in a shell, with no workbench open: a process that opens everything, adds, and ends. */
export function openShell({ folder }: KeeperUse, link: boolean): Keeper {
  const project = join(folder, link ? 'shell-link' : 'shell')
  const slipway = createShell(project, `${project}-home`)
  return {
    ...forms(project, link, 'shell', 'launcher and a core of its own included'),
    clear: () => makeProject(project),
    add: async () => void (await slipway('data', 'add', 'bench', 'data', ...(link ? ['--link'] : []), '--quiet')),
    async restore() {
      const target = join(project, 'restored')
      await rm(target, { recursive: true, force: true })
      await slipway('data', 'restore', 'bench', '--to', target, '--quiet')
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
