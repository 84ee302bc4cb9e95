import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { digestOfText } from '../../../core/execution/cache-key.ts'
import { createKnownImports } from '../../../core/execution/known-imports.ts'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { openExecution } from './open-execution.ts'
import { type OneStep, runOneStep, step } from './run-one-step.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

const opened: { close(): void }[] = []

afterAll(() => {
  for (const warm of opened) warm.close()
  removeTestFolders()
})

const imported = (...modules: string[]) => ({ imported: modules, named: ['numpy'] })
/** What a core that ended before has left. */
function write(file: string, step: string, about: ReturnType<typeof imported>): void {
  const known = createKnownImports(file)
  known.note('lock', step, about)
  known.save()
}

const newFile = () => join(testFolder('known'), 'imports.json')

describe('what is known of imports', () => {
  it('outlives the core that saw it, by step and lock, and grows with each run', () => {
    const file = newFile()
    const one = createKnownImports(file)
    one.note('lock', 'fit', imported('numpy', 'numpy.random'))
    one.note('lock', 'fit', imported())
    one.note('lock', 'fit', imported('scipy', 'numpy'))
    one.note('lock', 'score', imported('numpy', 'json'))
    expect(createKnownImports(file).of('lock', ['fit'])).toEqual([])
    one.save()
    const next = createKnownImports(file)
    expect(next.of('lock', ['fit'])).toEqual(['numpy', 'numpy.random', 'scipy'])
    expect(next.of('lock', ['score', 'fit'])).toEqual(['numpy', 'json', 'numpy.random', 'scipy'])
    expect(next.of('lock', ['another'])).toEqual([])
    next.note('another lock', 'score', imported('numpy'))
    next.save()
    expect(createKnownImports(file).of('lock', ['fit'])).toEqual([])
  })

  it('begins anew with a step that imports less by name than it did', () => {
    const known = createKnownImports(newFile())
    known.note('lock', 'fit', { imported: ['xgboost', 'numpy'], named: ['numpy', 'xgboost'] })
    known.note('lock', 'fit', { imported: [], named: ['numpy', 'scipy', 'xgboost'] })
    expect(known.of('lock', ['fit'])).toEqual(['xgboost', 'numpy'])
    known.note('lock', 'fit', { imported: [], named: ['numpy', 'scipy'] })
    expect(known.of('lock', ['fit'])).toEqual([])
  })

  it('is nothing where the file is hurt, gone or cannot be written', () => {
    const file = newFile()
    writeFileSync(file, '{"lock": "lock", "steps": [["fit", 3]]}')
    const known = createKnownImports(file)
    expect(known.of('lock', ['fit'])).toEqual([])
    known.note('lock', 'fit', imported('numpy'))
    known.save()
    expect(createKnownImports(file).of('lock', ['fit'])).toEqual(['numpy'])
    const nowhere = createKnownImports(join(dirname(file), 'nowhere', 'imports.json'))
    nowhere.note('lock', 'fit', imported('numpy'))
    nowhere.save()
    expect(nowhere.of('lock', ['fit'])).toEqual(['numpy'])
  })
})

/** An environment with installed modules of these texts, `heavy` being one of a distribution. */
async function environmentWith(modules: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(testFolder('environment'), 'venv')
  execFileSync((await testEnvironment('bare')).python, ['-m', 'venv', '--without-pip', folder])
  const [version] = readdirSync(join(folder, 'lib'))
  const packages = join(folder, 'lib', version as string, 'site-packages')
  const record = join(packages, 'heavy-1.0.dist-info')
  mkdirSync(record)
  writeFileSync(join(record, 'METADATA'), 'Metadata-Version: 2.1\nName: heavy\nVersion: 1.0\n')
  writeFileSync(join(record, 'top_level.txt'), 'heavy\n')
  writeFileSync(join(record, 'RECORD'), 'heavy.py,,\n')
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(packages, `${name}.py`), text)
  return join(folder, 'bin', 'python')
}

/** A step as the first thing that a new core runs, which knows what stands in the file. */
async function runFirst(file: string, one: OneStep, steps: readonly string[] = ['work']) {
  const known = createKnownImports(file)
  const warm = createWarmProcesses({ known })
  opened.push(warm)
  const run = await runOneStep({
    lock: 'lock',
    ...one,
    async startProcess(request, note) {
      warm.prepare({ ...request, project: request.request.projectFolder, steps })
      return warm.start(request, note)
    },
  })
  expect(run.failure).toBeNull()
  if (run.observed) known.note('lock', 'work', run.observed)
  known.save()
  return { ...run, printed: readFileSync(run.logFile, 'utf8').trim().split('\n') }
}

const look = (...names: string[]) =>
  step(`print([name in sys.modules for name in ${JSON.stringify(names)}])`, 'import sys')

describe('a new interpreter', () => {
  it('imports what its steps imported when they ran last, and nothing else', async () => {
    const pythonPath = await environmentWith({ heavy: 'import light\n', light: '', other: '' })
    const file = newFile()
    write(file, 'another', imported('other'))
    const code = step('print("heavy" in sys.modules, "other" in sys.modules)\nimport heavy', 'import sys')
    const first = await runFirst(file, { code, pythonPath })
    const second = await runFirst(file, { code, pythonPath })
    expect([first.printed, second.printed]).toEqual([['False False'], ['True False']])
    expect(first.observed?.packages).toEqual([{ name: 'heavy', version: '1.0' }])
    expect(second.observed?.packages).toEqual(first.observed?.packages)
    expect(createKnownImports(file).of('lock', ['work'])).toEqual(['light', 'heavy'])
    const less = await runFirst(file, { code: look('heavy', 'other'), pythonPath }, ['another'])
    expect(less.printed).toEqual(['[False, True]'])
    expect(less.observed?.packages).toEqual([])
  })

  it('passes over what is gone, what fails or leaves when it is imported, and what the project has a module of', async () => {
    const pythonPath = await environmentWith({
      heavy: '',
      fails: 'raise RuntimeError("at import")',
      leaves: 'import sys\nsys.exit(3)',
      own: 'raise RuntimeError("the wrong one")',
    })
    const file = newFile()
    write(file, 'work', imported('gone.for.good', 'fails', 'leaves', 'own', 'heavy'))
    const code = step('import own\nprint(own.whose, "heavy" in sys.modules, os.getppid())', 'import os, sys')
    const run = await runFirst(file, { code, pythonPath, files: { 'own.py': 'whose = "the project\'s"' } })
    expect(run.printed[0]).toMatch(/^the project's True \d+$/)
    expect(run.printed[0]).not.toContain(` ${process.pid}`)
  })

  it('learns once, for all cores, which package no process can be forked from', async () => {
    const spoils = 'import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()'
    const pythonPath = await environmentWith({ heavy: '', spoils })
    const file = newFile()
    const code = step('print("heavy" in sys.modules, os.getppid())\nimport heavy, spoils', 'import os, sys')
    write(file, 'work', imported('heavy', 'spoils'))
    const first = await runFirst(file, { code, pythonPath })
    expect(first.printed).toEqual([`False ${process.pid}`])
    expect(createKnownImports(file).spoilers('lock')).toEqual(['spoils'])
    const second = await runFirst(file, { code, pythonPath })
    expect(second.printed[0]).toMatch(/^True \d+$/)
    expect(second.printed[0]).not.toContain(` ${process.pid}`)
  })
})

describe('a run', () => {
  const code = `import os, sys
from slipway import step

@step
def plain():
    print("numpy" in sys.modules, os.getppid())
    return 1

@step
def heavy(plain):
    print("numpy" in sys.modules, os.getppid())
    import numpy
    return float(numpy.ones(3).sum())
`

  it('imports once, before its first step, what all steps that run will import; a run of fewer steps less', async () => {
    const told = async (
      folder: string | null,
      request: Parameters<Awaited<ReturnType<typeof openExecution>>['run']>[0],
    ) => {
      const warm = createWarmProcesses()
      const known = createKnownImports(join(folder ?? '', '.slipway', 'imports.json'))
      const knowing = folder === null ? warm : createWarmProcesses({ known })
      opened.push(warm, knowing)
      const run = await openExecution(folder === null ? { 'pipeline.py': code } : null, {
        environment: 'numpy',
        warm: knowing,
        ...(folder === null ? {} : { folder }),
      })
      const detail = await run.run(request)
      expect(detail.run.failure).toBeNull()
      const steps = detail.steps.filter(({ state }) => state === 'completed')
      const logs = await Promise.all(steps.map(({ step: name }) => run.queries.log(detail.run.id, name)))
      run.database.close()
      return { folder: run.folder, lines: logs.map((log) => log.text.trim().split(' ')), metrics: detail.run.metrics }
    }
    const first = await told(null, {})
    expect(first.lines.map(([isThere]) => isThere)).toEqual(['False', 'False'])
    const known = createKnownImports(join(first.folder, '.slipway', 'imports.json'))
    const lock = digestOfText('lock of numpy')
    expect(known.of(lock, ['heavy'])).toEqual(expect.arrayContaining(['numpy', 'numpy.linalg']))
    expect(known.of(lock, ['plain'])).not.toContain('numpy')
    const second = await told(first.folder, { noCache: true })
    expect(second.lines.map(([isThere]) => isThere)).toEqual(['True', 'True'])
    expect(second.lines[1]?.[1]).toBe(second.lines[0]?.[1])
    expect(second.metrics).toEqual(first.metrics)
    const third = await told(first.folder, { steps: ['plain'], noCache: true })
    expect(third.lines.map(([isThere]) => isThere)).toEqual(['False'])
  }, 240_000)
})
