import { describe, expect, it } from 'vitest'
import { type Files, sourceOf } from './in-memory-project.ts'

const digest = (files: Files) => sourceOf(files, 'a').digest
const step = (body: string, head = '') =>
  `from slipway import step\nfrom lib import *\n${head}@step\ndef a():\n    ${body}\n`
const lib = `from inner import *
SIZE = 10

def load():
    return _read(SIZE)

def other():
    return 2

def _read(size):
    return size
`
const base: Files = {
  'pipeline.py': step('return load(), CONSTANT'),
  'lib.py': lib,
  'inner.py': 'CONSTANT = 1\nUNUSED = 3\n_PRIVATE = 4\n',
}
const changed = (path: string, from: string, to: string, files = base): Files => {
  expect(files[path]).toContain(from)
  return { ...files, [path]: (files[path] as string).replace(from, to) }
}

describe('a star import', () => {
  it.each([
    ['a name that the step does not use', 'lib.py', 'return 2', 'return 3'],
    ['one of a module that is starred in turn', 'inner.py', 'UNUSED = 3', 'UNUSED = 33'],
    ['a private one', 'inner.py', '_PRIVATE = 4', '_PRIVATE = 44'],
    ['a new one', 'lib.py', 'def other', 'def more():\n    return 9\n\ndef other'],
    ['a comment', 'lib.py', 'SIZE = 10', 'SIZE = 10  # rows'],
  ])('is blind to %s', (_, path, from, to) => {
    expect(digest(changed(path, from, to))).toBe(digest(base))
  })

  it.each([
    ['a name that the step uses', 'lib.py', 'return _read', 'return 1 + _read'],
    ['what that uses in turn', 'lib.py', 'SIZE = 10', 'SIZE = 11'],
    ['a name two stars away', 'inner.py', 'CONSTANT = 1', 'CONSTANT = 2'],
    ['an effect of the module', 'lib.py', 'SIZE = 10', 'SIZE = 10\nprint("loaded")'],
    ['what changes such a name', 'inner.py', 'UNUSED = 3', 'CONSTANT.append(3)'],
    ['what changes it from the importing side', 'lib.py', 'SIZE = 10', 'SIZE = 10\nCONSTANT.append(3)'],
    ['a later name that hides the one in use', 'lib.py', 'def other', 'CONSTANT = 5\n\ndef other'],
    ['a name of a builtin that comes to be there', 'pipeline.py', 'load(), CONSTANT', 'load(), len(CONSTANT)'],
  ])('changes with %s', (_, path, from, to) => {
    expect(digest(changed(path, from, to))).not.toBe(digest(base))
  })

  it('changes when it begins to give a name that was a builtin', () => {
    const files = changed('pipeline.py', 'load()', 'print(load())')
    expect(digest(changed('inner.py', 'UNUSED = 3', 'def print(x): return x', files))).not.toBe(digest(files))
  })

  it('gives what __all__ lists: private names, and nothing else', () => {
    const files: Files = {
      'pipeline.py': step('return _read(1), other'),
      'lib.py': `__all__ = ['_read', "load"]\n${lib}`,
      'inner.py': '',
    }
    expect(digest(changed('lib.py', 'return size', 'return -size', files))).not.toBe(digest(files))
    expect(digest(changed('lib.py', 'return 2', 'return 3', files))).toBe(digest(files))
    const listed = changed('lib.py', '"load"', '"load", "other"', files)
    expect(digest(listed)).not.toBe(digest(files))
    expect(digest(changed('lib.py', 'return 2', 'return 3', listed))).not.toBe(digest(listed))
  })

  it.each([
    ['__all__ that is added to', '__all__ = ["load"]\n__all__ += ["other"]\n'],
    ['__all__ that is appended to', '__all__ = ["load"]\n__all__.append("other")\n'],
    ['__all__ that is computed', '__all__ = [name for name in dir() if name != "x"]\n'],
    ['names made by globals()', 'for n in ("x", "y"):\n    globals()[n] = 1\n'],
    ['names made by vars()', 'vars()["x"] = 1\n'],
    ['__getattr__', 'def __getattr__(name):\n    return name\n'],
  ])('holds the whole module where only running it would tell: %s', (_, text) => {
    const files = { ...base, 'lib.py': `${text}${lib}` }
    expect(sourceOf(files, 'a').text).toContain('return 2')
    expect(digest(changed('lib.py', 'return 2', 'return 3', files))).not.toBe(digest(files))
  })

  it('follows a package: its own names, its modules, those that __all__ has imported', () => {
    const files: Files = {
      'pipeline.py': 'from slipway import step\nfrom pkg import *\n@step\ndef a():\n    return fit(deep.grow(1))\n',
      'pkg/__init__.py': 'from .defs import *\nfrom . import deep\n',
      'pkg/defs.py': 'def fit(x):\n    return x\n\ndef skip(x):\n    return -x\n',
      'pkg/deep.py': 'def grow(k):\n    return k\n\ndef shrink(k):\n    return -k\n',
      'pkg/late.py': 'def nothing():\n    return 0\n',
    }
    expect(digest(changed('pkg/defs.py', 'return x', 'return x + 1', files))).not.toBe(digest(files))
    expect(digest(changed('pkg/deep.py', 'return k', 'return k + 1', files))).not.toBe(digest(files))
    expect(digest(changed('pkg/defs.py', 'return -x', 'return 0', files))).toBe(digest(files))
    expect(digest(changed('pkg/deep.py', 'return -k', 'return 0', files))).toBe(digest(files))

    const all = changed('pkg/__init__.py', 'from . import deep', '__all__ = ["fit", "deep", "late"]', files)
    expect(digest(changed('pkg/deep.py', 'return k', 'return k + 1', all))).not.toBe(digest(all))
    expect(digest(changed('pkg/late.py', 'def', 'print("imported")\ndef', all))).not.toBe(digest(all))
  })

  it('holds the whole module where a name of a package is a module of it, too', () => {
    const files: Files = {
      'pipeline.py': 'from slipway import step\nimport pkg\n@step\ndef a():\n    return pkg.fit(1)\n',
      'pkg/__init__.py': 'from .defs import *\n',
      'pkg/defs.py': 'def fit(x):\n    return x\n',
      'pkg/fit.py': 'x = 1\n',
    }
    expect(digest(changed('pkg/defs.py', 'return x', 'return x + 1', files))).not.toBe(digest(files))
  })

  it('ends where modules star each other', () => {
    const files: Files = {
      'pipeline.py': step('return one(), two()'),
      'lib.py': 'from inner import *\ndef one():\n    return 1\n',
      'inner.py': 'from lib import *\ndef two():\n    return 2\n',
    }
    expect(digest(changed('inner.py', 'return 2', 'return 3', files))).not.toBe(digest(files))
    expect(digest(changed('lib.py', 'return 1', 'return 3', files))).not.toBe(digest(files))
  })
})
