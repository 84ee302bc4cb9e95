import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import { isRunnable } from '../../../core/domain/pipeline.ts'
import { createProject } from '../../../core/project/open-project.ts'
import { initProject, listTemplates } from '../../../core/project/templates.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const room = () => temporaryFolder('slipway-init-')

describe('templates', () => {
  it('are listed with the sample first', () => {
    const templates = listTemplates()
    expect(templates.map(({ name, isSample }) => [name, isSample])).toEqual([
      ['penguins', true],
      ['blank', false],
      ['classification', false],
    ])
    for (const { title, description } of templates)
      expect(Math.min(title.length, description.length)).toBeGreaterThan(3)
  })

  it.each(listTemplates().map(({ name }) => name))(
    '%s makes a project named after its folder, with no problem in it',
    async (template) => {
      const folder = join(room(), 'My wine é')
      expect(initProject(template, folder)).toEqual({ folder, name: 'My wine é' })
      const project = await createProject({ folder, homeFolder: room() })
      expect(project.get()).toMatchObject({ name: 'My wine é', trusted: false, readOnly: null })
      const pipeline = await project.pipeline({})
      expect(pipeline.problems).toEqual([])
      expect(isRunnable(pipeline)).toBe(true)
      expect(pipeline.steps.length).toBeGreaterThan(0)
      const names = readdirSync(folder)
      expect(names).toContain('.gitignore')
      expect(names).toContain('README.md')
      expect(names.filter((name) => /^template\.toml$|^gitignore$|^__pycache__$/.test(name))).toEqual([])
    },
  )

  it('the sample has real data with its terms, five steps, a gate, and pins', async () => {
    const folder = join(room(), 'penguins')
    initProject('penguins', folder)
    const project = await createProject({ folder, homeFolder: room() })
    const { steps, edges } = await project.pipeline({})
    expect(steps.map((step) => step.name)).toEqual(['load', 'validate', 'split', 'train', 'evaluate'])
    expect(edges.map((edge) => `${edge.from} ${edge.to}`)).toEqual(
      expect.arrayContaining(['load validate', 'validate split', 'split train', 'train evaluate', 'split evaluate']),
    )
    expect(await project.datasets()).toMatchObject([
      { name: 'penguins', path: 'data/penguins.csv', licence: 'CC0-1.0', origin: expect.stringContaining('Gorman') },
    ])
    expect(readFileSync(join(folder, 'data/penguins.csv'), 'utf8').trim().split('\n')).toHaveLength(345)
    const pins = readFileSync(join(folder, 'requirements.txt'), 'utf8').trim().split('\n')
    expect(pins.every((line) => /^[\w-]+==[\d.]+$/.test(line))).toBe(true)
  })
})

describe('initProject', () => {
  const refused = (template: string, folder: string) => {
    try {
      initProject(template, folder)
    } catch (error) {
      return describeFailure(error)
    }
    throw new Error('nothing was refused')
  }

  it('fills an empty folder in place', () => {
    const folder = room()
    initProject('blank', folder)
    expect(readdirSync(folder)).toContain('pipeline.py')
    expect(readdirSync(folder).filter((name) => name.startsWith('.slipway-new'))).toEqual([])
  })

  it('refuses a folder that holds anything, and leaves it as it was', () => {
    const folder = room()
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    expect(refused('blank', folder)).toMatchObject({ code: 'project/folderNotEmpty', exitCode: 2 })
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  })

  it.each(['pengins', '../penguins', '', '__proto__'])('refuses the template %j', (template) => {
    const folder = join(room(), 'x')
    const described = refused(template, folder)
    expect(described.code).toBe('project/templateUnknown')
    if (template === 'pengins') expect(described.message).toContain('did you mean "penguins"?')
  })

  it('says why a place cannot be written, and leaves nothing behind', () => {
    const folder = room()
    writeFileSync(join(folder, 'file'), '')
    expect(refused('blank', join(folder, 'file', 'project'))).toMatchObject({
      code: 'project/folderUnwritable',
      exitCode: 3,
    })
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'taken', 'x'), '')
    refused('blank', join(folder, 'taken'))
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken'])
  })
})
