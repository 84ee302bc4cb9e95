import { describe, expect, it } from 'vitest'
import { type Files, sourceOf } from './in-memory-project.ts'

const head = 'from slipway import step\n'
const digest = (files: Files, step = 'a') => sourceOf(files, step).digest

/** What a step comes upon without a name for it: `two` differs from `one` in a definition alone. */
const found: readonly [string, Files][] = [
  [
    'what a decorator of another module keeps',
    {
      'pipeline.py': `${head}import lib\nimport lib_plugins\n@step\ndef a():\n    return [f() for f in lib.KEPT]\n`,
      'lib.py': 'KEPT = []\ndef keep(f):\n    KEPT.append(f)\n    return f\n',
      'lib_plugins.py': 'import lib\n@lib.keep\ndef plugin():\n    return "one"\n',
    },
  ],
  [
    'what a decorator with arguments keeps',
    {
      'pipeline.py': `${head}from lib import KEPT, keep\n@keep("x")\ndef plugin():\n    return "one"\n@step\ndef a():\n    return KEPT["x"]()\n`,
      'lib.py':
        'KEPT = {}\ndef keep(name):\n    def wrap(f):\n        KEPT[name] = f\n        return f\n    return wrap\n',
    },
  ],
  [
    'an accessor that a package keeps',
    {
      'pipeline.py': `${head}import pandas as pd\nimport lib\n@step\ndef a():\n    return pd.DataFrame({"x": [1]}).ours.value()\n`,
      'lib.py':
        'import pandas as pd\n@pd.api.extensions.register_dataframe_accessor("ours")\nclass Ours:\n    def value(self):\n        return "one"\n',
    },
  ],
  [
    'a setting of a package',
    {
      'pipeline.py': `${head}import matplotlib.pyplot as plt\nimport lib\n@step\ndef a():\n    return plt.rcParams["font.family"]\n`,
      'lib.py': 'import matplotlib.pyplot as plt\nplt.rcParams["font.family"] = "one"\n',
    },
  ],
  [
    'a value that one module puts into another',
    {
      'pipeline.py': `${head}import lib, lib_side\n@step\ndef a():\n    return lib.VALUE\n`,
      'lib.py': 'VALUE = None\n',
      'lib_side.py': 'import lib\nlib.VALUE = "one"\n',
    },
  ],
  [
    'a subclass that its base is told of',
    {
      'pipeline.py': `${head}from lib import Base, known\nclass Plugin(Base):\n    def go(self):\n        return "one"\n@step\ndef a():\n    return [c().go() for c in known]\n`,
      'lib.py':
        'known = []\nclass Root:\n    def __init_subclass__(cls):\n        known.append(cls)\nclass Base(Root):\n    pass\n',
    },
  ],
  [
    'a class of a metaclass',
    {
      'pipeline.py': `${head}from lib import Meta, known\nclass Plugin(metaclass=Meta):\n    def go(self):\n        return "one"\n@step\ndef a():\n    return [c().go() for c in known]\n`,
      'lib.py':
        'known = []\nclass Meta(type):\n    def __init__(cls, *more):\n        super().__init__(*more)\n        known.append(cls)\n',
    },
  ],
  [
    'subclasses, asked for',
    {
      'pipeline.py': `${head}class Base: pass\nclass Plugin(Base):\n    def go(self):\n        return "one"\n@step\ndef a():\n    return [c().go() for c in Base.__subclasses__()]\n`,
    },
  ],
  [
    'a definition under a condition',
    {
      'pipeline.py': `${head}import sys\nfrom lib import KEPT, keep\nif sys.version_info > (3,):\n    @keep\n    def plugin():\n        return "one"\n@step\ndef a():\n    return [f() for f in KEPT]\n`,
      'lib.py': 'KEPT = []\ndef keep(f):\n    KEPT.append(f)\n    return f\n',
    },
  ],
  [
    'a docstring that it asks for',
    { 'pipeline.py': `${head}def about():\n    "one"\n@step\ndef a():\n    return about.__doc__\n` },
  ],
  [
    'a comment in code that it asks for',
    {
      'pipeline.py': `${head}import inspect\ndef about():\n    return 1  # one\n@step\ndef a():\n    return inspect.getsource(about)\n`,
    },
  ],
]

/** What is only wrapped stays out until the step names it. */
const wrapped: readonly [string, string][] = [
  [
    'a decorator of the project that only wraps',
    'import functools\ndef timed(f):\n    @functools.wraps(f)\n    def inner(*a):\n        print(f.__name__)\n        return f(*a)\n    inner.isTimed = True\n    return inner\n@timed\n',
  ],
  [
    'a decorator with arguments that only wraps',
    'def again(times=3):\n    def wrap(f):\n        def inner(*a):\n            return [f(*a) for _ in range(times)]\n        return inner\n    return wrap\n@again(times=2)\n',
  ],
  ['a decorator of functools', 'from functools import lru_cache\n@lru_cache(maxsize=None)\n'],
  [
    'a fast compiler, if it is there',
    'try:\n    from numba import njit\nexcept ImportError:\n    def njit(f): return f\n@njit\n',
  ],
  ['another step', '@step\n'],
]

describe('what makes itself known when its module is imported', () => {
  it.each(found)('counts: %s', (_, files) => {
    const other = Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path,
        text.replace(/"one"|# one/, (word) => word.replace('one', 'two')),
      ]),
    )
    expect(other).not.toEqual(files)
    expect(digest(other)).not.toBe(digest(files))
  })

  it.each(wrapped)('does not count: %s', (_, decorator) => {
    const text = (value: string) =>
      `${head}${decorator}def other():\n    return "${value}"\n@step\ndef a():\n    return 1\n`
    expect(digest({ 'pipeline.py': text('two') })).toBe(digest({ 'pipeline.py': text('one') }))
    expect(digest({ 'pipeline.py': text('two') }, 'other')).not.toBe(digest({ 'pipeline.py': text('one') }, 'other'))
  })

  it('counts one that is added, of which the step knew nothing when it ran', () => {
    const [, files] = found[0] as [string, Files]
    const more = `${files['lib_plugins.py']}@lib.keep\ndef another():\n    return 2\n`
    expect(digest({ ...files, 'lib_plugins.py': more })).not.toBe(digest(files))
  })

  it('does not look further than its own object for a decorator that is a method', () => {
    const text = (value: string) =>
      `${head}from lib import Kept\nKEPT = Kept()\n@KEPT.add\ndef plugin():\n    return "${value}"\n@step\ndef a():\n    return KEPT.all()\n@step\ndef b():\n    return 1\n`
    const [one, two] = ['one', 'two'].map((value) => ({ 'pipeline.py': text(value), 'lib.py': 'class Kept: pass\n' }))
    expect(digest(one as Files)).not.toBe(digest(two as Files))
    expect(digest(one as Files, 'b')).toBe(digest(two as Files, 'b'))
  })
})
