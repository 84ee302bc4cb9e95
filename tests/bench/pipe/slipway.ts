import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createProjectCore } from '../../../core/hosts/create-project-core.ts'
import { readLiveHolder } from '../../../core/hosts/project-lock.ts'
import { buildCore, childrenOf, createShell, settle } from '../harness/slipway.ts'
import { writeFiles } from './files.ts'
import type { PeerProject, PeerUse } from './peers.ts'
import type { Work } from './work.ts'

/** The workbench's own core, in this process: what a click on Run costs. */
export async function openApp({ folder, work }: PeerUse): Promise<PeerProject & { close(): Promise<void> }> {
  const project = join(folder, 'app')
  const homeFolder = join(folder, 'app-home')
  await writeProject(project, work)
  const open = async () => {
    const core = await createProjectCore(project, { homeFolder, assets: findAssets() })
    core.project.trust(true)
    await settle(core, core.environment.sync())
    return core
  }
  let core = await open()
  let leaf: number | null = null
  return {
    name: 'slipway, app',
    about: `${findAssets().version}; SQLite WAL + FULL and fsync of every result, lineage recorded, a process per step, as many at once as processors`,
    remembers: true,
    staysUp: true,
    async clear() {
      await core.close()
      await forgetRuns(project)
      leaf = null
      core = await open()
    },
    setLeaf: async (param) => {
      leaf = param
    },
    // The warm interpreters live on after a run, and steps that ended count as theirs.
    processes: () => childrenOf(process.pid),
    async run() {
      const params = leaf === null ? {} : { [work.leafParam]: leaf }
      const { job } = await core.runs.start({ steps: [], params })
      await settle(core, job)
    },
    results: async () =>
      Object.fromEntries(
        await Promise.all(
          work.compared.map(async (name) => {
            const { descriptor } = await core.artifacts.find(`latest:${name}`)
            const { base64 } = await core.artifacts.read(descriptor.digest, 0, descriptor.sizeBytes)
            return [name, JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))]
          }),
        ),
      ),
    close: () => core.close(),
  }
}

/**
 * `slipway run` in a shell: with no workbench open a process that opens everything, runs, and ends; with a core that
 * is `kept` one that asks it.
 */
export async function openShell(
  { folder, work, note }: PeerUse,
  kept = false,
): Promise<PeerProject & { close(): Promise<void> }> {
  const project = join(folder, kept ? 'shell-kept' : 'shell')
  await buildCore(note)
  const slipway = createShell(project, join(folder, 'shell-home'))
  await writeProject(project, work)
  await slipway('env', 'sync', '--trust', '--quiet')
  const keep = async () => (kept ? void (await slipway('core', 'start', '--idle', '1 h')) : undefined)
  const letGo = async () => (kept ? void (await slipway('core', 'stop')) : undefined)
  await keep()
  let leaf: number | null = null
  return {
    name: kept ? 'slipway, shell, core kept' : 'slipway, shell',
    about: `${findAssets().version}; the same, launcher and a core ${kept ? 'that was started before' : 'of its own'} included`,
    remembers: true,
    staysUp: kept,
    async clear() {
      await letGo()
      await forgetRuns(project)
      await keep()
      leaf = null
    },
    processes: () => {
      const holder = kept ? readLiveHolder(join(project, '.slipway')) : null
      return holder ? [holder.pid, ...childrenOf(holder.pid)] : []
    },
    close: letGo,
    setLeaf: async (param) => {
      leaf = param
    },
    run: async () =>
      void (await slipway('run', '--trust', '--quiet', ...(leaf === null ? [] : ['-p', `${work.leafParam}=${leaf}`]))),
    results: async () => {
      const found: Record<string, unknown> = {}
      for (const name of work.compared) found[name] = JSON.parse(await slipway('artifact', 'get', `latest:${name}`))
      return found
    },
  }
}

async function writeProject(folder: string, work: Work): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFiles(folder, {
    'slipway.toml': 'name = "bench"\npipeline = ["pipeline.py"]\n\n[environment]\nrequirements = "requirements.txt"\n',
    'requirements.txt': work.requirements.map((line) => `${line}\n`).join(''),
    'pipeline.py': work.pipeline,
  })
}

/** Everything but the environment, as a clone whose environment was just made. */
async function forgetRuns(project: string): Promise<void> {
  for (const name of await readdir(join(project, '.slipway')))
    if (name !== 'environment') await rm(join(project, '.slipway', name), { recursive: true, force: true })
}
