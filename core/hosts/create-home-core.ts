import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { HomeCore } from '../api/home-core.ts'
import { readProject } from '../project/read-project.ts'
import { createFromTemplate, listTemplates } from '../project/templates.ts'
import type { Assets } from './assets.ts'
import { requireProjectFolder } from './find-project.ts'
import { createKnownProjects } from './home/known-projects.ts'
import { listFolder } from './home/list-folder.ts'
import { checkReadiness } from './home/readiness.ts'
import { createSettingsFile } from './home/settings-file.ts'

/** What there is before a project is open. Everything here is the user's, in SLIPWAY_HOME. */
export function createHomeCore(options: { readonly homeFolder: string; readonly assets: Assets }): HomeCore {
  const { homeFolder, assets } = options
  const known = createKnownProjects(homeFolder)
  const settings = createSettingsFile(homeFolder)

  async function open(folder: string) {
    const project = await readProject({ folder: requireProjectFolder(folder), homeFolder })
    known.add(project)
    return project
  }
  return {
    knownProjects: async () => known.list(),
    forget: async (key) => known.forget(key),
    open,
    async create(template, folder) {
      await createFromTemplate(assets.templatesFolder, template, folder)
      return open(folder)
    },
    templates: () => listTemplates(assets.templatesFolder),
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
