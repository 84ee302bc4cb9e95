import { describe, expect, it } from 'vitest'
import { type Files, sourceOf } from './in-memory-project.ts'

const base: Files = {
  'pipeline.py': `"""The pipeline."""
import os
import numpy as np, pandas as pd
from slipway import step
from lib.clean import clean, unused
import lib.paths as paths
from . import sibling

SEED = 7
COLUMNS = ["a", "b"]
OTHER = SEED + 1
COLUMNS.append("c")
np.random.seed(SEED)


def helper(frame):
    """Helps."""
    return frame[COLUMNS]  # the columns


def unreached(frame):
    return OTHER


@step
def train(raw, *, depth: int = 3):
    """Trains."""
    frame = clean(helper(raw))
    return frame, paths.ROOT


@step
def raw():
    return pd.read_csv("x")


if __name__ == "__main__":
    print("run", raw())
`,
  'lib/__init__.py': '',
  'lib/clean.py': `from .words import STOP


def clean(frame):
    return [word for word in frame if word not in STOP]


def unused(train):
    return train
`,
  'lib/words.py': 'STOP = {"a"}\nGO = {"b"}\n',
  'lib/paths.py': 'ROOT = "data"\nLEAF = "x"\n',
}

const digest = (files: Files, step = 'train') => sourceOf(files, step).digest
const changed = (path: string, from: string | RegExp, to: string): Files => {
  const text = (base[path] as string).replace(from, to)
  expect(text).not.toBe(base[path])
  return { ...base, [path]: text }
}

describe('the source of a step', () => {
  it('is the code it reaches, readable, across modules', () => {
    expect(sourceOf(base, 'train').text).toBe(`# lib/clean.py
from .words import STOP

def clean(frame):
    return [word for word in frame if word not in STOP]

# lib/paths.py
ROOT = "data"

# lib/words.py
STOP = {"a"}

# pipeline.py
from lib.clean import clean
from slipway import step
import lib.paths as paths
import numpy as np

SEED = 7

COLUMNS = ["a", "b"]

COLUMNS.append("c")

np.random.seed(SEED)

def helper(frame):
    return frame[COLUMNS]

@step
def train(raw, *, depth: int = 3):
    frame = clean(helper(raw))
    return frame, paths.ROOT
`)
  })

  it.each([
    ['a comment', 'pipeline.py', '# the columns', '# all columns, really'],
    ['a docstring', 'pipeline.py', '"""Helps."""', '"""Helps a lot."""'],
    ["the module's docstring", 'pipeline.py', '"""The pipeline."""', '"""Another."""'],
    ['blank lines', 'pipeline.py', 'SEED = 7\n', 'SEED = 7\n\n\n'],
    ['spacing', 'pipeline.py', 'SEED = 7', 'SEED   =   7   '],
    ['indentation', 'pipeline.py', / {4}("""Helps.""")\n {4}/, '  $1\n  '],
    ['quotes', 'pipeline.py', '["a", "b"]', "['a', 'b']"],
    ['a list over several lines with a last comma', 'pipeline.py', '["a", "b"]', '[\n    "a",\n    "b",  # second\n]'],
    ['parentheses round a value', 'pipeline.py', 'return frame[COLUMNS]', 'return (\n        frame[COLUMNS]\n    )'],
    ['a line continued', 'pipeline.py', 'frame = clean(helper(raw))', 'frame = \\\n        clean(helper(raw))'],
    ['a function that it does not reach', 'pipeline.py', 'return OTHER', 'return OTHER + 1'],
    ['a constant that it does not reach', 'pipeline.py', 'SEED + 1', 'SEED + 2'],
    ['another step of the name of its input', 'pipeline.py', 'read_csv("x")', 'read_csv("y")'],
    ['an import that it does not use', 'pipeline.py', 'import os\n', 'import sys\n'],
    ['one more name in an import', 'pipeline.py', 'clean, unused', 'clean, unused as never'],
    ['the part under __main__', 'pipeline.py', 'print("run"', 'print("walk"'],
    ['an unreached function of another module', 'lib/clean.py', 'return train', 'return train + 1'],
    ['an unreached constant of another module', 'lib/words.py', '{"b"}', '{"c"}'],
    ['an unreached attribute of a module', 'lib/paths.py', '"x"', '"y"'],
    ['the order of functions', 'pipeline.py', /(def helper[\s\S]*?)(def unreached[\s\S]*?)(?=@step)/, '$2$1'],
  ])('is blind to %s', (_, path, from, to) => {
    expect(digest(changed(path, from, to))).toBe(digest(base))
  })

  it.each([
    ['its own text', 'pipeline.py', 'frame, paths.ROOT', 'paths.ROOT, frame'],
    ['a default of a param', 'pipeline.py', 'depth: int = 3', 'depth: int = 4'],
    ['a helper', 'pipeline.py', 'frame[COLUMNS]', 'frame[COLUMNS].copy()'],
    ['a constant of a helper', 'pipeline.py', '["a", "b"]', '["a"]'],
    ['what changes such a constant', 'pipeline.py', 'append("c")', 'append("d")'],
    ['an effect of its module', 'pipeline.py', 'np.random.seed(SEED)', 'np.random.seed(SEED + 1)'],
    ['a constant that the effect uses', 'pipeline.py', 'SEED = 7', 'SEED = 8'],
    ['a function of another module', 'lib/clean.py', 'not in STOP', 'in STOP'],
    ['a constant two modules away', 'lib/words.py', '{"a"}', '{"the"}'],
    ['an attribute of a module', 'lib/paths.py', '"data"', '"elsewhere"'],
    ['what an alias stands for', 'pipeline.py', 'import lib.paths as paths', 'import lib.words as paths'],
    ['an effect of a module that is imported on the way', 'lib/words.py', 'STOP =', 'print("hello")\nSTOP ='],
    ['an effect of a package on the way', 'lib/__init__.py', /^$/, 'import warnings\nwarnings.simplefilter("error")\n'],
    ['white space inside a text', 'lib/paths.py', '"data"', '"da ta"'],
    ['the comma of a tuple of one', 'pipeline.py', 'return frame, paths.ROOT', 'return (frame,), paths.ROOT'],
  ])('changes with %s', (_, path, from, to) => {
    expect(digest(changed(path, from, to))).not.toBe(digest(base))
  })

  const star: Files = {
    'pipeline.py': 'from slipway import step\nfrom lib import *\n@step\ndef a():\n    return load()\n',
    'lib.py': 'def load():\n    return 1\n\ndef other():\n    return 2\n',
  }
  it.each([
    [
      'a module passed as a value',
      {
        ...star,
        'pipeline.py':
          'from slipway import step\nimport lib\n@step\ndef a(*, n="load"):\n    return getattr(lib, n)()\n',
      },
    ],
    [
      'import_module with a name',
      {
        ...star,
        'pipeline.py':
          'import importlib\nfrom slipway import step\n@step\ndef a(*, n="load"):\n    return getattr(importlib.import_module("lib"), n)()\n',
      },
    ],
    [
      'an import inside the function, as a value',
      { ...star, 'pipeline.py': 'from slipway import step\n@step\ndef a():\n    import lib\n    return vars(lib)\n' },
    ],
  ])('holds a whole module for %s', (_, files) => {
    expect(sourceOf(files, 'a').text).toContain('return 2')
    const other = { ...files, 'lib.py': (star['lib.py'] as string).replace('return 2', 'return 3') }
    expect(digest(other, 'a')).not.toBe(digest(files, 'a'))
  })

  it('holds its whole module when it may reach any name of it', () => {
    const text = (value: number) =>
      `from slipway import step\ndef f():\n    return ${value}\n@step\ndef a():\n    return globals()["f"]()\n`
    expect(digest({ 'pipeline.py': text(1) }, 'a')).not.toBe(digest({ 'pipeline.py': text(2) }, 'a'))
  })

  it.each([
    ['import x inside', 'import lib\n    return lib.load()'],
    ['from x import y inside', 'from lib import load as go\n    return go()'],
  ])('follows %s a function to the name alone', (_, body) => {
    const files = { ...star, 'pipeline.py': `from slipway import step\n@step\ndef a():\n    ${body}\n` }
    const { text } = sourceOf(files, 'a')
    expect(text).toContain('return 1')
    expect(text).not.toContain('return 2')
  })

  it('follows re-exports, submodules and classes', () => {
    const files = (bonus: number): Files => ({
      'pipeline.py':
        'from slipway import step\nimport pkg.deep.models\nfrom pkg import Scaler\n@step\ndef a(*, k=1):\n    return Scaler().fit(pkg.deep.models.grow(k))\n',
      'pkg/__init__.py': 'from .scaling import Scaler\n',
      'pkg/scaling.py': `BONUS = ${bonus}\n\nclass Scaler:\n    bonus = BONUS\n\n    def fit(self, x):\n        return x * self.bonus\n`,
      'pkg/deep/__init__.py': '',
      'pkg/deep/models.py': 'def grow(k):\n    return grow(k - 1) if k else 0\n\ndef shrink(k):\n    return k\n',
    })
    const { text, parts } = sourceOf(files(1), 'a')
    expect(parts.map((part) => [part.module, part.name])).toEqual([
      ['pipeline.py', 'import'],
      ['pipeline.py', 'import'],
      ['pipeline.py', 'import'],
      ['pipeline.py', 'a'],
      ['pkg/__init__.py', 'import'],
      ['pkg/deep/models.py', 'grow'],
      ['pkg/scaling.py', 'BONUS'],
      ['pkg/scaling.py', 'Scaler'],
    ])
    expect(text).not.toContain('shrink')
    expect(digest(files(1), 'a')).not.toBe(digest(files(2), 'a'))
  })

  it('counts what registers itself in a registry that the step reads, wherever that is', () => {
    const files = (factor: number): Files => ({
      'pipeline.py':
        'from slipway import step\nfrom lib import REGISTRY\n@REGISTRY.add\ndef double(x):\n    return x * ' +
        `${factor}\n@step\ndef a():\n    return REGISTRY.run()\n@step\ndef b():\n    return 1\n`,
      'lib.py': 'class Registry: pass\nREGISTRY = Registry()\n',
    })
    expect(digest(files(2), 'a')).not.toBe(digest(files(3), 'a'))
    expect(digest(files(2), 'b')).toBe(digest(files(3), 'b'))
  })

  it('knows whose name it is: parameters, locals, comprehensions, patterns, global', () => {
    const text = (value: number) => `from slipway import step
def x(): return ${value}
def y(): return ${value}
@step
def shadowed(x, *, y=1):
    z = [x for x in y]
    match z:
        case [x, *y]:
            return lambda x: x + (y := 2)
    for x in z: pass
    with open(z) as x: pass
    try: pass
    except ValueError as x: pass
    return x, y
@step
def shared():
    global x
    x = 2
    return x
`
    const [one, two] = [{ 'pipeline.py': text(1) }, { 'pipeline.py': text(2) }]
    expect(digest(one, 'shadowed')).toBe(digest(two, 'shadowed'))
    expect(digest(one, 'shared')).not.toBe(digest(two, 'shared'))
  })

  it('keeps what a conditional import binds', () => {
    const text = (fallback: string) =>
      `from slipway import step\ntry:\n    import fast as engine\nexcept ImportError:\n    engine = ${fallback}\n@step\ndef a():\n    return engine.go()\n`
    expect(digest({ 'pipeline.py': text('None') }, 'a')).not.toBe(digest({ 'pipeline.py': text('False') }, 'a'))
  })
})
