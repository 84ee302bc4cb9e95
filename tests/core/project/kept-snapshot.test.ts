import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject } from '../../../core/project/open-project.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const pipeline = `from slipway import step
from helpers import clean

@step
def a(*, size: int = 3):
    return clean(size)

@step
def b(a):
    return a
`

function newProject(files: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder('slipway kept-')
  const folder = join(root, 'wine')
  mkdirSync(join(folder, '.slipway'), { recursive: true })
  const all = {
    'slipway.toml': 'name = "Wine"\n',
    'pipeline.py': pipeline,
    'helpers.py': 'def clean(x):\n    return x\n',
  }
  for (const [path, text] of Object.entries({ ...all, ...files })) writeFileSync(join(folder, path), text)
  const kept = join(folder, '.slipway', 'pipeline.json')
  return { root, folder, kept, use: (path: string) => join(folder, path) }
}

/** As one core after the other sees it. */
async function see({ root, folder }: ReturnType<typeof newProject>) {
  const project = await createProject({ folder, homeFolder: join(root, 'home') })
  const found = await project.pipeline({})
  const sources = await project.stepSources(found.steps.map(({ name }) => name))
  await project.close()
  return { pipeline: found, sources: [...sources], names: found.steps.map(({ name }) => name) }
}

/** Says in the kept file that the first step has another name, as nobody but a test does. */
function forge(kept: string, change: (text: string) => string = (text) => text.replaceAll('"name":"a"', '"name":"z"')) {
  const body = change(readFileSync(kept, 'utf8').split('\n')[1] as string)
  writeFileSync(kept, `${createHash('sha256').update(body).digest('hex')}\n${body}`)
}

it('is what the next core believes, and equal to what it would read itself', async () => {
  const project = newProject()
  const first = await see(project)
  expect(first.names).toEqual(['a', 'b'])
  expect(await see(project)).toEqual(first)
  forge(project.kept, (text) => text.replaceAll('"size"', '"width"'))
  expect((await see(project)).pipeline.steps[0]?.params.map(({ name }) => name)).toEqual(['width'])
})

it.each([
  ['a module', 'pipeline.py', pipeline.replace('def b', 'def c')],
  ['what a step reaches in another module', 'helpers.py', 'def clean(x):\n    return x + 1\n'],
  ['the settings', 'slipway.toml', 'name = "Wine"\npipeline = ["helpers.py"]\n'],
  ['a module that was not there before', 'slipway.py', 'def step(f):\n    return f\n'],
])('counts no more once %s changed, however young or old the file is', async (_, path, text) => {
  const project = newProject()
  await see(project)
  forge(project.kept)
  writeFileSync(project.use(path), text)
  const anew = await see(project)
  rmSync(project.kept)
  expect(anew).toEqual(await see(project))
  expect(anew.names).not.toContain('z')
})

it('counts no more once a module is gone, or is there as a link that leads out of the project', async () => {
  const project = newProject()
  const [before] = (await see(project)).sources
  rmSync(project.use('helpers.py'))
  const [without] = (await see(project)).sources
  expect(without?.[1].digest).not.toBe(before?.[1].digest)
  writeFileSync(join(project.root, 'helpers.py'), 'def clean(x):\n    return x\n')
  symlinkSync(join(project.root, 'helpers.py'), project.use('helpers.py'))
  expect((await see(project)).sources[0]).toEqual(without)
})

it.each([
  ['hurt', (text: string) => text.replace('"name":"a"', '"name":"z"')],
  ['cut off', (text: string) => text.slice(0, -20)],
  ['empty', () => ''],
  ['something else', () => '{}\n{}'],
])('is read anew where the file is %s, and kept again', async (_, change) => {
  const project = newProject()
  const first = await see(project)
  const whole = readFileSync(project.kept, 'utf8')
  writeFileSync(project.kept, change(whole))
  expect(await see(project)).toEqual(first)
  expect(readFileSync(project.kept, 'utf8')).toBe(whole)
})

it('is read anew by another version of the code', async () => {
  const project = newProject()
  await see(project)
  forge(project.kept, (text) => text.replace(/"reader":"[^"]*"/, '"reader":"older"').replaceAll('"a"', '"z"'))
  expect((await see(project)).names).toEqual(['a', 'b'])
})

it('is not kept where a value would not come back as it is, where nothing may be written, or no record is', async () => {
  const zero = newProject({ 'pipeline.py': pipeline.replace('size: int = 3', 'size: float = -0.0') })
  expect(Object.is((await see(zero)).pipeline.steps[0]?.params[0]?.default, -0)).toBe(true)
  expect(existsSync(zero.kept)).toBe(false)
  const closed = newProject({ 'slipway.toml': 'format = 99\nname = "Wine"\n' })
  await see(closed)
  expect(existsSync(closed.kept)).toBe(false)
  const bare = newProject()
  rmSync(join(bare.folder, '.slipway'), { recursive: true })
  await see(bare)
  expect(existsSync(join(bare.folder, '.slipway'))).toBe(false)
})
