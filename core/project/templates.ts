import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail, isFailure } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Template } from '../domain/project.ts'
import { editSettings } from './edit-settings.ts'
import { settingsFileName } from './find-project.ts'
import { readSettingsTable } from './settings-reader.ts'
import { parseToml } from './toml.ts'

const descriptionFile = 'template.toml'

/** Beside the source and beside the bundle alike: both lie two folders below the application. */
const defaultTemplatesFolder = fileURLToPath(new URL('../../templates/projects', import.meta.url))

/** What a new project can start from; samples first, then by name. */
export function listTemplates(templatesFolder: string = defaultTemplatesFolder): readonly Template[] {
  return readdirSync(templatesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(templatesFolder, entry.name, descriptionFile)))
    .map((entry) => readTemplate(templatesFolder, entry.name))
    .sort((a, b) => Number(b.isSample) - Number(a.isSample) || (a.name < b.name ? -1 : 1))
}

function readTemplate(templatesFolder: string, name: string): Template {
  const source = parseToml(readFileSync(join(templatesFolder, name, descriptionFile), 'utf8'))
  const table = readSettingsTable(source, '', ['title', 'description', 'sample'], false)
  return {
    name,
    title: table.requiredText('title'),
    description: table.requiredText('description'),
    isSample: table.boolean('sample') ?? false,
  }
}

/**
 * Writes a new project from a template; it is named after its folder. Nothing stays behind when it fails.
 * @returns the project's absolute folder and name
 * @throws project/templateUnknown, project/folderNotEmpty, project/folderUnwritable
 */
export function initProject(
  template: string,
  folder: string,
  templatesFolder: string = defaultTemplatesFolder,
): { readonly folder: string; readonly name: string } {
  const known = listTemplates(templatesFolder).map(({ name }) => name)
  if (!known.includes(template))
    throw fail('project/templateUnknown', { template, nearest: nearestName(template, known), known })
  const target = resolve(folder)
  const name = toProjectName(target)
  try {
    const isThere = existsSync(target)
    if (isThere && readdirSync(target).length > 0) throw fail('project/folderNotEmpty', { folder: target })
    mkdirSync(dirname(target), { recursive: true })
    const draft = mkdtempSync(join(isThere ? target : dirname(target), '.slipway-new-'))
    try {
      copyTemplate(join(templatesFolder, template), draft, name)
      // An empty folder that is there already keeps its identity: someone may stand in it.
      if (isThere) for (const entry of readdirSync(draft)) renameSync(join(draft, entry), join(target, entry))
      else renameSync(draft, target)
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  } catch (error) {
    if (isFailure(error)) throw error
    throw fail('project/folderUnwritable', {
      folder: target,
      cause: (error as NodeJS.ErrnoException).code ?? (error as Error).message,
    })
  }
  return { folder: target, name }
}

/** The folder's name made fit for people: `my_wine-project` stays as it is, control characters go. */
function toProjectName(folder: string): string {
  return (
    basename(folder)
      .normalize('NFC')
      .replace(/\p{Cc}/gu, '')
      .trim() || 'project'
  )
}

function copyTemplate(from: string, to: string, name: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    if (entry.isDirectory()) {
      if (entry.name === '__pycache__' || entry.name.startsWith('.')) continue
      mkdirSync(join(to, entry.name))
      copyTemplate(source, join(to, entry.name), name)
    } else if (entry.name === settingsFileName) {
      writeFileSync(join(to, entry.name), editSettings(readFileSync(source, 'utf8'), ['name'], name))
    } else if (entry.name !== descriptionFile) {
      // Package registries drop files called .gitignore, so templates carry it without its dot.
      copyFileSync(source, join(to, entry.name === 'gitignore' ? '.gitignore' : entry.name))
    }
  }
}
