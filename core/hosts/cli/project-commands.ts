import { resolve } from 'node:path'
import { type Command, required } from './command.ts'
import { formatTable } from './format-table.ts'

const init: Command = {
  words: ['init'],
  summary: 'Make a new project from a template',
  positionals: [required('FOLDER', 'where to make it; new or empty')],
  options: [{ name: 'template', short: 't', value: 'NAME', description: 'which template (default: blank)' }],
  examples: ['slipway init wine', 'slipway init penguins --template penguins'],
  async run(call, session) {
    const home = await session.home()
    const template = call.option('template') ?? 'blank'
    const project = await home.create(template, resolve(call.arg('FOLDER') as string))
    return {
      json: { project: { path: project.folder, name: project.name }, template },
      text: `Made "${project.name}" in ${project.folder}.\nNext: slipway -C ${project.folder} run\n`,
    }
  },
}

const templates: Command = {
  words: ['templates'],
  summary: 'What init offers',
  positionals: [],
  options: [],
  examples: ['slipway templates', 'slipway templates --json'],
  async run(_, session) {
    const list = await (await session.home()).templates()
    return {
      json: { templates: list.map(({ name, title, description }) => ({ name, title, description })) },
      text: formatTable(
        ['NAME', 'TITLE', 'DESCRIPTION'],
        list.map(({ name, title, description }) => [name, title, description]),
        'There are no templates.',
      ),
    }
  },
}

export const projectCommands: readonly Command[] = [init, templates]
