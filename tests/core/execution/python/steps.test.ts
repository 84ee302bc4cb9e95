import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testEnvironment } from '../../../builders/python-environment.ts'
import { temporaryFolder } from '../../../builders/temporary-file.ts'
import { pythonProject, readDocument } from './python-project.ts'
import { pythonPackage } from './run-cases.ts'

describe('a step', () => {
  it('runs as a plain script without Slipway, where every call returns at once', async () => {
    const { python } = await testEnvironment('bare')
    const script = join(temporaryFolder('slipway-plain-'), 'plain.py')
    writeFileSync(
      script,
      `import slipway, slipway as s
from slipway import step, log_metric, log_param, log_artifact, log_table, log_figure, log_predictions
@step
def a(): return 1
@step()
def b(a): return a + 1
@s.step(outputs=("x", "y"))
def c(b, *, n: int = 3): return b, n
def d(): pass
assert step(d) is d and slipway.step(outputs=("q",))(d) is d
for call in (lambda: log_metric("k", object()), lambda: log_param("k", object()), lambda: log_artifact(object(), "n"),
             lambda: log_table(None), lambda: log_figure(None, "f"), lambda: log_predictions(None, None)):
    assert call() is None
print(c(b(a())))
`,
    )
    const out = execFileSync(python, [script], { env: { ...process.env, PYTHONPATH: pythonPackage } })
    expect(out.toString().trim()).toBe('(2, 3)')
  })

  it('gets params and inputs by name, whatever their kind of parameter, and may be async', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `import asyncio
from slipway import step, log_param
SIZES = (1, 2)
@step
def first(): return {"a": 1}
@step
async def second(first, /, *, sizes=SIZES, name="x"):
    await asyncio.sleep(0)
    log_param("best", {"depth": 3})
    return [first["a"], type(sizes).__name__, name]
`,
    })
    const { outputs } = await project.run('first')
    const run = await project.run('second', { inputs: { first: outputs.first! }, params: { sizes: [1, 2], name: 'y' } })
    expect(readDocument(run.outputs.second)).toEqual([1, 'tuple', 'y'])
    expect(run.messages).toContainEqual({ event: 'param', key: 'best', value: { depth: 3 } })
  })

  it('may give nothing, one value under another name, or several by position or name', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `from slipway import step
@step
def nothing(): print("done")
@step(outputs=("other",))
def renamed(): return (1, 2)
@step(outputs=("a", "b"))
def pair(*, by_name): return {"b": 2, "a": 1} if by_name else (1, 2)
`,
    })
    expect((await project.run('nothing')).stored).toEqual([])
    expect(readDocument((await project.run('renamed', { outputs: ['other'] })).outputs.other)).toEqual([1, 2])
    for (const byName of [true, false]) {
      const { outputs } = await project.run('pair', { outputs: ['a', 'b'], params: { by_name: byName } })
      expect([readDocument(outputs.a), readDocument(outputs.b)]).toEqual([1, 2])
    }
  })

  it('logs metrics from any thread, in order, with NaN and iterations', async () => {
    const project = await pythonProject('numpy', {
      'pipeline.py': `import threading, numpy
from slipway import step, log_metric
@step
def work():
    def count(name):
        for i in range(500): log_metric(name, i, iteration=i)
    threads = [threading.Thread(target=count, args=(f"thread {n}",)) for n in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    log_metric("pérdida total", numpy.float32("nan")); log_metric("i", numpy.int64(7)); log_metric("z", numpy.array(2.5))
    log_metric("inf", float("-inf"), iteration=numpy.int32(3))
    for wrong in (("bad", "text"), ("bad", None), ("bad", 10 ** 400), ("bad", 1.0, 2 ** 53), ("", 1.0), ("x" * 4097, 1.0), ("bad", 1.0, 1.5j)):
        try: log_metric(*wrong)
        except (TypeError, ValueError) as error: print(error)
    log_metric(5, True, iteration=2 ** 53 - 1); log_metric("int", 2 ** 60); log_metric("int", -0.0, iteration=-3)
`,
    })
    const run = await project.run('work')
    expect(run.failure).toBeNull()
    expect(run.metrics).toHaveLength(2007)
    const third = run.metrics.filter(({ key }) => key === 'thread 3')
    expect(third.map(({ value }) => value)).toEqual(Array.from({ length: 500 }, (_, i) => i))
    expect(run.metrics.slice(-7).map(({ key, value, iteration }) => [key, value, iteration])).toEqual([
      ['pérdida total', 'NaN', null],
      ['i', 7, null],
      ['z', 2.5, null],
      ['inf', '-Infinity', 3],
      ['5', 1, 2 ** 53 - 1],
      ['int', 2 ** 60, null],
      ['int', -0, -3],
    ])
    expect(run.stdout.trim().split('\n')).toEqual([
      expect.stringContaining('takes a number, not str'),
      expect.stringContaining('takes a number, not NoneType'),
      expect.stringContaining('within the range of a float'),
      expect.stringContaining('an iteration of at most 53 bits'),
      expect.stringContaining('a key of 1 to 4096 characters, not of 0'),
      expect.stringContaining('a key of 1 to 4096 characters, not of 4097'),
      expect.stringContaining('complex'),
    ])
  })

  it('sends what was logged until it failed, and never sets the order of points back with the clock', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `import os, time
from slipway import step, log_metric
import slipway.runner.metric_buffer as buffer
@step
def work(*, how):
    for i in range(10_000): log_metric("loss", i)
    buffer.time = lambda: 1_000.0
    for i in range(10_000, 20_001): log_metric("loss", i)
    if how == "raise": raise ValueError("enough")
    if how == "exit": os._exit(3)
    if how == "interrupt": raise KeyboardInterrupt
    raise SystemExit(4)
`,
    })
    for (const how of ['raise', 'exit', 'interrupt', 'leave']) {
      const run = await project.run('work', { params: { how } })
      expect(run.metrics.map(({ value }) => value)).toEqual(Array.from({ length: 20_001 }, (_, i) => i))
      const times = run.metrics.map(({ at }) => Date.parse(at))
      expect(times.every((time, at) => at === 0 || time >= (times[at - 1] as number))).toBe(true)
      expect(Math.abs((times[0] as number) - Date.now())).toBeLessThan(600_000)
    }
  })

  it('records artifacts beside its value, by name or by path', async () => {
    const project = await pythonProject('science', {
      'pipeline.py': `import pathlib, pandas as pd
import matplotlib.pyplot as plt
from slipway import step, log_artifact, log_table, log_figure
@step
def work():
    pathlib.Path("notes.md").write_text("hi")
    log_artifact(pathlib.Path("notes.md"))
    log_table(pd.DataFrame({"a": [1]}), "errors by class")
    fig, ax = plt.subplots(); ax.plot([1, 2]); log_figure(fig, "curve")
    ax.set_title("later"); return fig
`,
    })
    const run = await project.run('work')
    expect(run.failure).toBeNull()
    expect(run.stored.map(({ role, name, kind }) => [role, name, kind])).toEqual([
      ['logged', 'notes.md', 'file'],
      ['logged', 'errors by class', 'table'],
      ['logged', 'curve', 'figure'],
      ['output', 'work', 'figure'],
    ])
    expect(run.stored.at(-1)?.summary.titles).toEqual(['later'])
    expect(run.observed.filesWritten).toEqual(['notes.md'])
    expect(run.observed.outsideWrites).toEqual([])
  })

  it('is found in modules of every shape: packages, odd names, names of the standard library', async () => {
    const step = 'from slipway import step\n@step\ndef work(): return __name__\n'
    const project = await pythonProject('bare', {
      'a/b/steps.py': `from .helper import x\nfrom a.top import y\nimport helper as beside\n${step}`,
      'a/b/helper.py': 'x = 1\n',
      'a/top.py': 'y = 2\n',
      'pack/__init__.py': `from .inner import z\n${step}`,
      'pack/inner.py': 'z = 3\n',
      '01 load data.py': step,
      'types.py': step,
    })
    for (const module of ['a/b/steps.py', 'pack/__init__.py', '01 load data.py', 'types.py']) {
      const run = await project.run('work', { module })
      expect(run.failure).toBeNull()
      expect(run.observed.modules).toContain(module)
    }
  })

  it('b49-is-not-harmed-by-modules-of-the-project-named-like-those-of-python', async () => {
    const names = [
      'json',
      'select',
      'struct',
      'threading',
      'dataclasses',
      'asyncio',
      'traceback',
      'importlib',
      'slipway',
    ]
    const project = await pythonProject('bare', {
      ...Object.fromEntries(names.map((name) => [`${name}.py`, 'raise RuntimeError("planted")\n'])),
      'pipeline.py': 'from slipway import step\n@step\ndef work(): return {"a": (1, 2)}\n',
    })
    expect((await project.run('work')).failure).toBeNull()
  })

  it('gets classes of the project back from a pickle made in another step', async () => {
    const project = await pythonProject('bare', {
      'shapes.py': 'class Shape:\n    def __init__(self, n): self.n = n\n',
      'pipeline.py': `from slipway import step
import shapes
@step
def make(): return shapes.Shape(4)
@step
def use(make): return make.n
`,
    })
    const { outputs } = await project.run('make')
    expect(outputs.make).toMatchObject({ kind: 'pickle', runsCodeWhenLoaded: true, pythonType: 'shapes.Shape' })
    expect(readDocument((await project.run('use', { inputs: { make: outputs.make! } })).outputs.use)).toBe(4)
  })

  it('may fork, start processes and threads, and print what it likes', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `import multiprocessing, os, sys, concurrent.futures
from slipway import step, log_metric
def square(n):
    log_metric("in a child", n)
    return n * n
@step
def work():
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        forked = list(pool.map(square, range(5)))
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        spawned = list(pool.map(square, range(3)))
    pid = os.fork()
    if pid == 0: os._exit(9)
    os.waitpid(pid, 0)
    sys.stdout.buffer.write(b"\\xff\\x00 no newline")
    return [forked, spawned]
`,
    })
    const run = await project.run('work')
    expect(run.failure).toBeNull()
    expect(readDocument(run.outputs.work)).toEqual([
      [0, 1, 4, 9, 16],
      [0, 1, 4],
    ])
    expect(run.done && run.exitCode === 0).toBe(true)
  })

  it('runs on an environment without pandas, which stays without it', async () => {
    const project = await pythonProject('numpy', {
      'pipeline.py': `import numpy as np, sys
from slipway import step
@step
def work():
    return {"x": np.arange(3), "y": np.zeros((2, 2))}
@step
def use(work):
    assert "pandas" not in sys.modules
    return float(work["x"].sum())
`,
    })
    const { outputs } = await project.run('work')
    expect(outputs.work?.kind).toBe('entries')
    expect(readDocument((await project.run('use', { inputs: { work: outputs.work! } })).outputs.use)).toBe(3)
  })
})
