import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { HomeCore } from '../api/home-core.ts'
import { fail } from '../domain/failure.ts'
import type { Project } from '../domain/project.ts'
import { existsInTime } from '../project/ask-in-time.ts'
import { findProjectFolder } from '../project/find-project.ts'
import { openKnownProjects } from '../project/known-projects.ts'
import { createProject } from '../project/open-project.ts'
import { initProject, listTemplates } from '../project/templates.ts'
import type { Assets } from './assets.ts'
import { listFolder } from './home/list-folder.ts'
import { checkReadiness } from './home/readiness.ts'
import { createSettingsFile } from './home/settings-file.ts'

/** What there is before a project is open. Everything here is the user's, in SLIPWAY_HOME. */
export function createHomeCore(options: { readonly homeFolder: string; readonly assets: Assets }): HomeCore {
  const { homeFolder, assets } = options
  const known = openKnownProjects(homeFolder)
  const settings = createSettingsFile(homeFolder)

  async function open(folder: string): Promise<Project> {
    // From here on it is looked at without a limit of time.
    if ((await existsInTime(join(folder, 'slipway.toml'))) === null) throw fail('host/diskSilent', { folder })
    const opened = await createProject({ folder: findProjectFolder(folder), homeFolder })
    const project = opened.get()
    await opened.close()
    const { key, name } = project
    known.remember({ key, name, folder: project.folder, lastOpenedAt: new Date().toISOString() })
    return project
  }
  return {
    knownProjects: () => known.list(),
    forget: async (key) => known.forget(key),
    open,
    create: async (template, folder) => open(initProject(template, folder, assets.templatesFolder).folder),
    templates: async () => listTemplates(assets.templatesFolder),
    suggestFolder: async (template) => suggestFolder(projectsFolder(homeFolder), template),
    readiness: () => checkReadiness(homeFolder, assets.nodeBinary),
    listFolder,
    settings: async () => settings.read(),
    changeSettings: async (change) => settings.change(change),
  }
}

/** Beside other work of the user; with a home of its own, Slipway keeps to that. */
function projectsFolder(homeFolder: string): string {
  return process.env.SLIPWAY_HOME ? join(homeFolder, 'projects') : join(homedir(), 'slipway-projects')
}

function suggestFolder(folder: string, template: string): string {
  for (let number = 1; ; number++) {
    const candidate = join(folder, number === 1 ? template : `${template}-${number}`)
    if (!existsSync(candidate)) return candidate
  }
}
