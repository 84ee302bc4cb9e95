import { execFileSync } from 'node:child_process'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import { findProjectFolder } from '../../../core/project/find-project.ts'
import { openKnownProjects } from '../../../core/project/known-projects.ts'
import { createProject } from '../../../core/project/open-project.ts'
import { mountReadOnly } from '../../builders/mounted.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const module = 'from slipway import step\n@step\ndef a():\n    return 1\n@step\ndef b(a):\n    return a\n'

async function opened(files: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder('slipway project é-')
  const folder = join(root, 'wine')
  const homeFolder = join(root, 'home')
  const all = { 'slipway.toml': 'name = "Wine"\n', 'pipeline.py': module, ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return { root, folder, homeFolder, project: await createProject({ folder, homeFolder }) }
}

async function failureOf(act: () => unknown) {
  try {
    await act()
  } catch (error) {
    return describeFailure(error)
  }
  throw new Error('nothing failed')
}

describe('a project', () => {
  it('is found from any folder inside it', async () => {
    const { root, folder } = await opened({ 'data/deep/x.csv': '' })
    expect(findProjectFolder(join(folder, 'data', 'deep'))).toBe(folder)
    expect(await failureOf(() => findProjectFolder(root))).toMatchObject({ code: 'project/notFound', exitCode: 2 })
    expect(await failureOf(() => createProject({ folder: root, homeFolder: root }))).toMatchObject({
      code: 'project/notFound',
    })
  })

  it('tells its name, folder and a key that is stable and fit for URLs', async () => {
    const { folder, homeFolder, project } = await opened()
    expect(project.get()).toEqual({
      key: expect.stringMatching(/^wine-[0-9a-f]{8}$/),
      name: 'Wine',
      folder,
      trusted: false,
      readOnly: null,
    })
    expect((await createProject({ folder: join(folder, '..', 'wine'), homeFolder })).get().key).toBe(project.get().key)
  })

  it('is trusted once, by its real path, and not in a copy', async () => {
    const { root, folder, homeFolder, project } = await opened()
    expect(await failureOf(() => project.assertTrusted())).toMatchObject({ code: 'project/notTrusted', exitCode: 4 })
    expect(project.trust().trusted).toBe(true)
    project.assertTrusted()
    expect((await createProject({ folder, homeFolder })).get().trusted).toBe(true)
    execFileSync('cp', ['-r', folder, join(root, 'copy')])
    expect((await createProject({ folder: join(root, 'copy'), homeFolder })).get().trusted).toBe(false)
    expect(statSync(join(homeFolder, 'trusted.json')).mode & 0o777).toBe(0o600)
  })

  it('b10: keeps hurt trust aside and trusts nobody by it', async () => {
    const { homeFolder, project } = await opened()
    project.trust()
    writeFileSync(join(homeFolder, 'trusted.json'), '{"__proto__": 1, broken')
    expect(project.get().trusted).toBe(false)
    expect(readdirSync(homeFolder)).toContain('trusted.json.bad')
  })

  it('shows its pipeline, with unsaved buffers in place of files', async () => {
    const { project } = await opened()
    expect((await project.pipeline({})).edges).toEqual([{ from: 'a', to: 'b', artifact: 'a' }])
    const unsaved = { 'pipeline.py': `${module}@step\ndef c(b): pass\n` }
    expect((await project.pipeline(unsaved)).steps.map((step) => step.name)).toEqual(['a', 'b', 'c'])
    const other = { 'slipway.toml': 'name = "x"\npipeline = ["new.py"]\n', 'new.py': module }
    expect((await project.pipeline(other)).steps[0]?.module).toBe('new.py')
  })

  it('sees every change of a module, a helper that appears and one that goes, at once', async () => {
    const { folder, project } = await opened({
      'pipeline.py': `import helper\n${module.replace('return 1', 'return helper.x')}`,
    })
    const digest = async () => (await project.stepSource('a')).digest
    const seen = [await digest()]
    for (const text of ['x = 1\n', 'x = 2\n', 'x = 3\n']) {
      writeFileSync(join(folder, 'helper.py'), text)
      seen.push(await digest())
      expect((await project.pipeline({})).steps[0]?.sourceDigest).toBe(seen.at(-1))
    }
    expect(new Set(seen).size).toBe(4)
    rmSync(join(folder, 'helper.py'))
    expect(await digest()).toBe(seen[0])
  })

  it('shows mistakes in slipway.toml at their line, and none of them stops it from opening', async () => {
    const { project } = await opened({ 'slipway.toml': 'name = "x"\n\npipelin = ["a.py"]\n' })
    expect(project.get().name).toBe('wine')
    expect((await project.pipeline({})).problems).toMatchObject([
      {
        kind: 'configuration',
        severity: 'error',
        span: { module: 'slipway.toml', line: 3, column: 1 },
        remedy: 'Did you mean "pipeline"?',
      },
    ])
    expect(await failureOf(() => project.settings())).toMatchObject({ code: 'project/settingsInvalid' })
  })

  it('names a missing module and the settings of a missing step where slipway.toml says them', async () => {
    const toml = 'name = "x"\npipeline = ["pipeline.py", "gone.py"]\n[steps.aa]\ncpus = 1\n'
    const { project } = await opened({ 'slipway.toml': toml })
    const { problems, steps } = await project.pipeline({})
    expect(steps).toHaveLength(2)
    expect(problems).toMatchObject([
      { kind: 'moduleMissing', severity: 'error', span: { module: 'slipway.toml', line: 2, column: 28 } },
      { kind: 'configuration', severity: 'warning', span: { line: 3 }, remedy: 'Did you mean [steps.a]?' },
    ])
  })

  it('gives the source of a step, and names the nearest for one that is not there', async () => {
    const { project } = await opened()
    expect((await project.stepSource('b')).text).toContain('def b(a):\n    return a')
    expect((await failureOf(() => project.stepSource('bb'))).message).toContain('did you mean "b"?')
  })

  it('opens a newer format for reading only', async () => {
    const { project } = await opened({ 'slipway.toml': 'format = 9\nname = "x"\nnovelty = 1\n' })
    expect(project.get().readOnly).toContain('format 9')
    expect((await project.pipeline({})).steps).toHaveLength(2)
    const file = await project.readFile('pipeline.py')
    expect(await failureOf(() => project.writeFile('pipeline.py', 'x', file.digest))).toMatchObject({
      code: 'project/readOnly',
      exitCode: 4,
    })
  })

  it('changes one setting and leaves the rest of the text alone', async () => {
    const { folder, project } = await opened({ 'slipway.toml': '# mine\nname = "x" # name\n' })
    expect((await project.changeSettings(['environment', 'python'], '3.12')).environment.python).toBe('3.12')
    expect(readFileSync(join(folder, 'slipway.toml'), 'utf8')).toBe(
      '# mine\nname = "x" # name\n\n[environment]\npython = "3.12"\n',
    )
  })
})

describe('files', () => {
  it('are listed without caches, hidden ones and links', async () => {
    const { folder, project } = await opened({
      'data/wine.csv': 'a\n',
      '.slipway/slipway.db': '',
      '__pycache__/x.pyc': '',
      '.venv/bin/python': '',
      'model.bin': '\0',
    })
    symlinkSync('/etc', join(folder, 'outside'))
    expect(await project.files()).toEqual([
      { path: 'data/wine.csv', sizeBytes: 2, isText: true },
      { path: 'model.bin', sizeBytes: 1, isText: false },
      { path: 'pipeline.py', sizeBytes: module.length, isText: true },
      { path: 'slipway.toml', sizeBytes: 14, isText: true },
    ])
  })

  it('are saved whole, keep their rights, and never over a version that was not seen', async () => {
    const { folder, project } = await opened({ 'run.sh': '#!/bin/sh\n' })
    execFileSync('chmod', ['755', join(folder, 'run.sh')])
    const read = await project.readFile('run.sh')
    const saved = await project.writeFile('run.sh', '#!/bin/sh\necho é\n', read.digest)
    expect(await project.readFile('run.sh')).toEqual(saved)
    expect(statSync(join(folder, 'run.sh')).mode & 0o777).toBe(0o755)
    writeFileSync(join(folder, 'run.sh'), 'changed elsewhere')
    expect(await failureOf(() => project.writeFile('run.sh', 'mine', saved.digest))).toMatchObject({
      code: 'project/fileChanged',
    })
    expect(readFileSync(join(folder, 'run.sh'), 'utf8')).toBe('changed elsewhere')
    expect(readdirSync(folder).filter((name) => name.startsWith('.slipway-save'))).toEqual([])
  })

  it('are made new with their folders, and a new one never replaces one that is there', async () => {
    const { project } = await opened()
    expect(await project.writeFile('steps/deep/train.py', 'x = 1\n', null)).toMatchObject({
      path: 'steps/deep/train.py',
    })
    expect(await failureOf(() => project.writeFile('pipeline.py', 'x', null))).toMatchObject({
      code: 'project/fileChanged',
    })
    expect(await failureOf(() => project.writeFile('gone.py', 'x', `sha256:${'0'.repeat(64)}`))).toMatchObject({
      code: 'project/fileChanged',
    })
  })

  it.each([
    ['b13', '../secret'],
    ['b13', 'data/../../secret'],
    ['b14', '%2e%2e/secret'],
    ['b14', '%252e%252e%252fsecret'],
    ['b15', '..\\secret'],
    ['b15', 'C:\\secret'],
    ['b15', 'C:secret'],
    ['b15', '\\\\host\\share'],
    ['b15', '/etc/passwd'],
    ['b15', '~/secret'],
    ['b19', '../wine-evil/secret'],
    ['b22', 'a\0b'],
    ['b22', 'a\nb'],
    ['b22', 'a\u202egpj.py'],
    ['b22', 'dot.'],
    ['b22', 'space '],
    ['b22', 'CON'],
    ['b22', 'data/nul.txt'],
    ['b22', 'x'.repeat(256)],
    ['b22', ''],
    ['b22', 'a//b'],
    ['b22', './a'],
  ])('%s: refuse the path %j, to read and to write', async (_, path) => {
    const { root, folder, project } = await opened()
    mkdirSync(join(root, 'wine-evil'))
    writeFileSync(join(root, 'wine-evil', 'secret'), 'secret')
    writeFileSync(join(root, 'secret'), 'secret')
    const before = readdirSync(folder)
    for (const act of [() => project.readFile(path), () => project.writeFile(path, 'x', null)])
      expect(await failureOf(act)).toMatchObject({ code: 'project/pathRefused', exitCode: 4 })
    expect(readdirSync(folder)).toEqual(before)
  })

  it('b22: keep spaces, leading dashes, emoji and letters of any script, byte for byte', async () => {
    const { project } = await opened()
    for (const path of ['my data.csv', '-rf', '日本語.py', '🐧.csv', 'cafe\u0301.txt', 'café.txt']) {
      await project.writeFile(path, path, null)
      expect((await project.readFile(path)).text).toBe(path)
    }
  })

  it('b20: refuse links that leave the project: final, parent, dangling, and made meanwhile', async () => {
    const { root, folder, project } = await opened()
    writeFileSync(join(root, 'secret'), 'secret')
    symlinkSync(join(root, 'secret'), join(folder, 'final'))
    symlinkSync(root, join(folder, 'parent'))
    symlinkSync(join(root, 'not-there'), join(folder, 'dangling'))
    symlinkSync('loop', join(folder, 'loop'))
    for (const path of ['final', 'parent/secret', 'parent/wine-evil/new', 'dangling', 'loop']) {
      expect(await failureOf(() => project.readFile(path))).toMatchObject({ code: 'project/pathRefused' })
      expect(await failureOf(() => project.writeFile(path, 'x', null))).toMatchObject({ code: 'project/pathRefused' })
    }
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret')
    expect(lstatSync(join(root, 'not-there'), { throwIfNoEntry: false })).toBeUndefined()
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'inside'))
    await project.writeFile('inside/x.txt', 'kept', null)
    expect(readFileSync(join(folder, 'real', 'x.txt'), 'utf8')).toBe('kept')
  })

  it('b21: saving a hard-linked file leaves the other name alone', async () => {
    const { root, folder, project } = await opened()
    writeFileSync(join(root, 'secret'), 'secret')
    linkSync(join(root, 'secret'), join(folder, 'linked.txt'))
    const read = await project.readFile('linked.txt')
    await project.writeFile('linked.txt', 'mine', read.digest)
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret')
  })

  it.each([
    ['a pipe', (file: string) => execFileSync('mkfifo', [file]), 'project/pathRefused'],
    ['a folder', (file: string) => mkdirSync(file), 'project/pathRefused'],
    ['a device behind a link', (file: string) => symlinkSync('/dev/zero', file), 'project/pathRefused'],
    ['a sparse terabyte', (file: string) => execFileSync('truncate', ['-s', '1T', file]), 'project/notText'],
    ['bytes', (file: string) => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00])), 'project/notText'],
    ['nothing', () => {}, 'project/fileMissing'],
  ])('b23: answer %s at once with a reason', async (_, make, code) => {
    const { folder, project } = await opened()
    make(join(folder, 'odd'))
    expect((await failureOf(() => project.readFile('odd'))).code).toBe(code)
  })
})

describe('a folder that changes under an open project', () => {
  it('f12: is noticed when deleted, moved, or replaced by another of its name; nothing is written in its place', async () => {
    const { root, folder, project } = await opened()
    const read = await project.readFile('pipeline.py')
    renameSync(folder, join(root, 'moved'))
    expect(project.get().readOnly).toBe('its folder is gone')
    for (const act of [
      () => project.readFile('pipeline.py'),
      () => project.writeFile('pipeline.py', 'x', read.digest),
      () => project.pipeline({}),
      () => project.files(),
      () => project.trust(),
    ])
      expect(await failureOf(act)).toMatchObject({ code: 'project/folderGone', exitCode: 3 })
    mkdirSync(folder)
    writeFileSync(join(folder, 'pipeline.py'), 'another')
    expect(await failureOf(() => project.readFile('pipeline.py'))).toMatchObject({ code: 'project/folderGone' })
    expect(readdirSync(folder)).toEqual(['pipeline.py'])
    rmSync(folder, { recursive: true })
    renameSync(join(root, 'moved'), folder)
    expect((await project.readFile('pipeline.py')).text).toBe(module)
  })

  it('f07: opens for reading only when it may not be written, says so, and goes on when it may again', async () => {
    const { folder, project } = await opened()
    const read = await project.readFile('pipeline.py')
    const isRoot = process.getuid?.() === 0
    const view = isRoot ? mountReadOnly(folder, folder) : null
    if (view === null) execFileSync('chmod', ['555', folder])
    try {
      const again = await createProject({ folder, homeFolder: join(folder, '..', 'home') })
      expect(again.get().readOnly).toBe('its folder may not be written')
      expect((await again.pipeline({})).steps).toHaveLength(2)
      expect(await failureOf(() => again.writeFile('pipeline.py', 'x', read.digest))).toMatchObject({
        code: 'project/readOnly',
        exitCode: 4,
      })
    } finally {
      if (view === null) execFileSync('chmod', ['755', folder])
      else view.unmount()
    }
    expect(readFileSync(join(folder, 'pipeline.py'), 'utf8')).toBe(module)
    await project.writeFile('pipeline.py', 'x = 1\n', read.digest)
  })

  it('tells of changed files together, and of the loss of the folder', async () => {
    const { folder, project } = await opened()
    const events: { changed: readonly string[]; gone: boolean }[] = []
    const stop = project.watch((event) => events.push(event))
    const until = async (done: () => boolean) => {
      for (let waited = 0; waited < 60_000 && !done(); waited += 20) await new Promise((r) => setTimeout(r, 20))
      expect(done()).toBe(true)
    }
    // The watcher needs a moment before it sees: keep touching a file until it does.
    await until(() => {
      writeFileSync(join(folder, 'first.txt'), String(performance.now()))
      return events.some((event) => event.changed.includes('first.txt'))
    })
    events.length = 0
    mkdirSync(join(folder, '.slipway'))
    writeFileSync(join(folder, '.slipway', 'slipway.db'), '')
    for (const name of ['x.py', 'y.py', 'z.py']) writeFileSync(join(folder, name), '')
    const seen = () => new Set(events.flatMap((event) => event.changed))
    await until(() => ['x.py', 'y.py', 'z.py'].every((name) => seen().has(name)))
    expect([...seen()].filter((path) => path.startsWith('.slipway'))).toEqual([])
    expect(events.length).toBeLessThanOrEqual(3)
    rmSync(folder, { recursive: true })
    await until(() => events.some((event) => event.gone))
    stop()
    await project.close()
  })
})

describe('known projects', () => {
  it('are the opened ones, the latest first, with what is left of them', async () => {
    const { folder, homeFolder, project } = await opened()
    const known = openKnownProjects(homeFolder)
    const { key, name } = project.get()
    known.remember({ key, name, folder, lastOpenedAt: '2026-01-01T00:00:00Z', lastRunState: 'completed' })
    known.remember({ key: 'other', name: 'Other', folder: '/gone', lastOpenedAt: '2026-01-02T00:00:00Z' })
    known.remember({ key, name, folder, lastOpenedAt: '2026-01-03T00:00:00Z' })
    expect(await openKnownProjects(homeFolder).list()).toEqual([
      { key, name, folder, lastOpenedAt: '2026-01-03T00:00:00Z', lastRunState: 'completed', exists: true },
      {
        key: 'other',
        name: 'Other',
        folder: '/gone',
        lastOpenedAt: '2026-01-02T00:00:00Z',
        lastRunState: null,
        exists: false,
      },
    ])
    known.noteRun('other', 'failed')
    known.noteRun('never opened', 'failed')
    expect((await known.list()).map((one) => [one.key, one.lastRunState])).toEqual([
      [key, 'completed'],
      ['other', 'failed'],
    ])
    known.forget(key)
    expect((await known.list()).map((one) => one.key)).toEqual(['other'])
    writeFileSync(join(homeFolder, 'known-projects.json'), '{')
    expect(await known.list()).toEqual([])
  })
})
