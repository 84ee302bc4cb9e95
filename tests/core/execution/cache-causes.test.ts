import { afterAll, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { interpreterDigest } from '../../../core/environments/interpreter-digest.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const files = {
  'pipeline.py': `
import os
from slipway import step
from tools import scale, Settings as Chosen
from tools.more import *
import tools.loose as loose
import plugins

LIMIT = 3

if os.name == "posix":
    from tools.posix import separator
else:
    separator = "?"

def unreached():
    return 1

@step
def first():
    return scale(2) + LIMIT + Chosen.size + decorated() + starred() + len(separator)

@step
def second(first, *, power=2):
    kind = getattr(loose, "pick_" + "one")
    return first ** power + kind() + plugins.load("extra").value()

def twice(function):
    return lambda: 2 * function()

@twice
def decorated():
    return 5
`,
  'tools/__init__.py': 'from .inner import scale\nfrom .settings import Settings\n',
  'tools/inner.py':
    'FACTOR = 10\n\ndef scale(n, by=FACTOR):\n    return helper(n) * by\n\ndef helper(n):\n    return n\n\ndef other():\n    return 0\n',
  'tools/settings.py': 'class Settings:\n    size = 7\n\n    def unused(self):\n        return 0\n',
  'tools/more.py': 'def starred():\n    return 1\n\ndef spare():\n    return 8\n',
  'tools/loose.py': 'def pick_one():\n    return 1\n\ndef pick_two():\n    return 2\n',
  'tools/posix.py': 'separator = "/"\n',
  'plugins.py': 'import importlib\n\ndef load(name):\n    return importlib.import_module("plug_" + name)\n',
  'plug_extra.py': 'def value():\n    return 4\n',
}
type File = keyof typeof files

/** What an edit makes stale: the steps, by the code that the plan names. */
const rows: readonly (readonly [string, File, string, string, readonly string[]])[] = [
  ['a comment', 'pipeline.py', 'LIMIT = 3', 'LIMIT = 3  # said', []],
  ['formatting', 'tools/inner.py', 'helper(n) * by', 'helper( n )*by', []],
  ['a docstring of a reached function', 'tools/inner.py', 'def helper(n):\n', 'def helper(n):\n    "Says."\n', []],
  ['a function that no step reaches', 'pipeline.py', 'return 1\n\n@step', 'return 9\n\n@step', []],
  ['another function of a reached module', 'tools/inner.py', 'return 0', 'return 9', []],
  ['a helper of a helper', 'tools/inner.py', '    return n\n', '    return n + 1\n', ['first']],
  ['a default argument, through a constant', 'tools/inner.py', 'FACTOR = 10', 'FACTOR = 11', ['first']],
  ['a module-level constant', 'pipeline.py', 'LIMIT = 3', 'LIMIT = 4', ['first']],
  ['a class attribute', 'tools/settings.py', 'size = 7', 'size = 8', ['first']],
  ['a decorator', 'pipeline.py', '2 * function()', '3 * function()', ['first']],
  ['what a star import brings, for the step that uses it', 'tools/more.py', 'return 1', 'return 2', ['first']],
  ['what a star import brings and no step uses', 'tools/more.py', 'return 8', 'return 9', []],
  [
    'a re-export of another thing',
    'tools/__init__.py',
    'from .inner import scale',
    'from .inner import helper as scale',
    ['first'],
  ],
  ['a conditional import', 'tools/posix.py', '"/"', '"//"', ['first']],
  ['what getattr reaches', 'tools/loose.py', 'return 1', 'return 3', ['second']],
  ['what importlib loads by a computed name', 'plug_extra.py', 'return 4', 'return 5', ['second']],
  ['the default of a param', 'pipeline.py', 'power=2', 'power=3', ['second']],
]

describe('a step is stale', () => {
  it('by just what it reaches: each row of the table, through real runs', async () => {
    const { run, plan, write } = await openExecution(files)
    expect((await run()).states).toEqual({ first: 'completed', second: 'completed' })
    for (const [what, file, from, to, stale] of rows) {
      expect(files[file], what).toContain(from)
      write(file, files[file].replace(from, to))
      const { steps } = await plan()
      const causes = steps.filter(({ reasons }) => reasons.some(({ kind }) => kind === 'source' || kind === 'param'))
      expect([what, causes.map(({ step }) => step)]).toEqual([what, stale])
      const changed = causes.flatMap(({ reasons }) => reasons).filter(({ kind }) => kind === 'source')
      for (const reason of changed) expect([what, reason.diff]).toEqual([what, expect.stringMatching(/^[-+][^-+]/m)])
      write(file, files[file])
    }
    expect((await plan()).steps.map(({ state }) => state)).toEqual(['cached', 'cached'])
  })

  it('never by the way back: A, B, then A again is the first A', async () => {
    const { run, write, queries } = await openExecution(files)
    const original = await run()
    write('pipeline.py', files['pipeline.py'].replace('LIMIT = 3', 'LIMIT = 4'))
    expect((await run()).states).toEqual({ first: 'completed', second: 'completed' })
    write('pipeline.py', files['pipeline.py'])
    const back = await run()
    expect(back.states).toEqual({ first: 'cached', second: 'cached' })
    expect(back.steps.map((step) => 'reuses' in step && step.reuses)).toEqual(original.steps.map(({ id }) => id))
    expect(queries.get('latest').observed).toEqual(queries.get(original.run.id).observed)
  })

  it('no further than what changed: a step that gives the same again leaves its consumers cached', async () => {
    const { run, write } = await openExecution(files)
    await run()
    write('pipeline.py', files['pipeline.py'].replace('+ LIMIT +', '+ LIMIT + 0 +'))
    expect((await run()).states).toEqual({ first: 'completed', second: 'cached' })
  })

  it('by the lock', async () => {
    const { run, plan, changeLock } = await openExecution(files)
    await run()
    changeLock('1.2')
    expect((await plan()).steps[0]?.reasons).toMatchObject([{ kind: 'package', name: 'numpy', to: '1.2' }])
  })

  it('by the bytes of the interpreter, though its version is the same, and no more once these are back', async () => {
    const { run, plan, changeInterpreter, environments } = await openExecution(files)
    const own = interpreterDigest(await environments.pythonPath()) as Digest
    const states = async () => (await plan()).steps.map(({ state }) => state)
    changeInterpreter(own)
    expect((await run()).states).toEqual({ first: 'completed', second: 'completed' })
    expect(await states()).toEqual(['cached', 'cached'])
    changeInterpreter(`sha256:${'0'.repeat(64)}` as Digest)
    expect((await plan()).steps[0]).toMatchObject({
      state: 'stale',
      reasons: [{ kind: 'interpreter', name: 'python', from: '3.11.2', to: '3.11.2, another build' }],
    })
    changeInterpreter(own)
    expect(await states()).toEqual(['cached', 'cached'])
  })
})
