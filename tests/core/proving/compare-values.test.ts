import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ArtifactProof } from '../../../core/domain/proof.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'
import { openProving } from './open-proving.ts'

afterAll(removeTestFolders)

type Expected = Partial<Record<keyof ArtifactProof, unknown>>
/** What a step gives while `m`, a number outside the project, is 0; and how the proof sees it with 1 and with 2. */
type Case = { readonly step: string; readonly code: string; readonly one: Expected; readonly two: Expected }

const head = `
import os, pickle
from pathlib import Path
from slipway import step
from kinds import *

def number():
    return int(Path(os.path.expanduser("~/.number")).read_text())
`

const science: readonly Case[] = [
  {
    step: 'figure',
    // The same picture by another path through the library's clipping: other bytes of SVG, no other pixel.
    code: `
    from matplotlib.figure import Figure
    it = Figure(figsize=(2, 1), dpi=50)
    axes = it.add_subplot()
    axes.plot([0, 1, 2], [0, 1, 0 if m < 2 else 2])
    if m == 1: axes.set_gid("named")
    return it`,
    one: { kind: 'figure', verdict: 'identical', detail: 'the picture is equal to the byte' },
    two: { verdict: 'differs', column: expect.stringMatching(/^x \d+$/), row: expect.any(Number) },
  },
  {
    step: 'picture',
    code: `
    import PIL.Image
    it = PIL.Image.new("RGB", (8, 6), (10, 20, 30))
    if m == 1: it = PIL.Image.new("RGBA", (8, 6), (10, 20, 30, 255))
    if m == 2: it.putpixel((5, 3), (11, 20, 30))
    return it`,
    one: { kind: 'figure', verdict: 'identical', detail: 'its bytes differ, and every pixel is equal' },
    two: { verdict: 'differs', column: 'x 5', row: 3, recorded: '[10, 20, 30, 255]', reproduced: '[11, 20, 30, 255]' },
  },
  {
    step: 'folder',
    code: `
    Path("out/deep").mkdir(parents=True, exist_ok=True)
    Path("out/a.txt").write_text("one\\ntwo\\n")
    Path("out/deep/b.bin").write_bytes(bytes([0, 255, m if m == 1 else 0]))
    if m == 2: Path("out/extra.txt").write_text("more")
    return Path("out")`,
    one: { kind: 'folder', verdict: 'differs', column: 'deep/b.bin', row: 2, recorded: '00', reproduced: '01' },
    two: { verdict: 'differs', column: 'extra.txt', recorded: 'absent', reproduced: 'there' },
  },
  {
    step: 'pickled',
    // Fields set in another order: other bytes, an equal value.
    code: `
    it = Holder()
    for name in ("a", "b") if m != 1 else ("b", "a"): setattr(it, name, [1.5, {name: 2}])
    if m == 2: it.b[1]["b"] = 3
    return it`,
    one: { kind: 'pickle', verdict: 'identical' },
    two: { verdict: 'differs', column: 'b.1.b', recorded: 2, reproduced: 3 },
  },
  {
    step: 'frame',
    code: `
    import numpy, pandas
    x = numpy.array([0.5, numpy.nan, numpy.inf, -numpy.inf])
    if m == 1: x[0] += 1e-12
    if m == 2: x[1] = 0.0
    return pandas.DataFrame({"k": ["a", "b", None, "d"], "x": x, "when": pandas.to_datetime([0, None, 1, 2], unit="s")})`,
    one: { kind: 'table', verdict: 'withinTolerance', column: 'x', row: 0, maxDifference: expect.closeTo(1e-12, 15) },
    two: { verdict: 'differs', column: 'x', row: 1, recorded: 'NaN', reproduced: 0 },
  },
  {
    step: 'infinite',
    code: `
    import numpy
    it = numpy.array([1.0, numpy.inf, numpy.nan])
    if m == 1: it[0] = 1 + 1e-8
    if m == 2: it[1] = -numpy.inf
    return it`,
    one: { kind: 'array', verdict: 'withinTolerance', row: 0 },
    two: { verdict: 'differs', row: 1, recorded: 'Infinity', reproduced: '-Infinity' },
  },
  {
    step: 'sparse',
    code: `
    import numpy, scipy.sparse
    it = numpy.zeros((4, 5)); it[1, 2] = 3.0; it[3, 4] = 5.0
    if m == 1: it[3, 4] += 1e-11
    if m == 2: it[3, 3] = 1.0
    return scipy.sparse.csr_matrix(it)`,
    one: { kind: 'array', verdict: 'withinTolerance', column: '4', row: 3, recorded: 5 },
    two: { verdict: 'differs', column: '3', row: 3, recorded: 0, reproduced: 1 },
  },
  {
    step: 'shuffled',
    code: `
    import pandas
    it = pandas.DataFrame({"k": [3, 1, 2]})
    if m == 1: it = it.iloc[::-1].reset_index(drop=True)
    if m == 2: it = it.astype("int32")
    return it`,
    one: { verdict: 'differs', column: 'k', row: 0, detail: 'the same rows in another order' },
    two: { verdict: 'differs', column: 'k', recorded: 'int64', reproduced: 'int32', detail: 'the type of a column' },
  },
  {
    step: 'model',
    // Another solver's bookkeeping: other bytes, the same answers.
    code: `
    import numpy
    from sklearn.linear_model import Ridge
    X = numpy.arange(12.0).reshape(6, 2); y = X[:, 0] * 2
    it = Ridge(alpha=1.0 if m < 2 else 50.0, copy_X=m != 1).fit(X, y)
    it.predict(X)
    return it`,
    one: { kind: 'model', verdict: 'withinTolerance', detail: expect.stringMatching(/answers to all 6 recorded rows/) },
    two: { verdict: 'differs', column: expect.stringMatching(/^predict/), row: 0 },
  },
  {
    step: 'model_of_columns',
    // Which are not in the order of their names, in which they are recorded.
    code: `
    import numpy, pandas
    from sklearn.linear_model import Ridge
    X = pandas.DataFrame(numpy.arange(12.0).reshape(6, 2) ** 1.1, columns=["width", "age"]); y = X["width"] * 2
    return Ridge(alpha=1.0 if m < 2 else 50.0, copy_X=m != 1).fit(X, y)`,
    one: { kind: 'model', verdict: 'withinTolerance', detail: expect.stringMatching(/answers to all 6 recorded rows/) },
    two: { verdict: 'differs', column: expect.stringMatching(/^predict/), row: 0 },
  },
]

const polars: readonly Case[] = [
  {
    step: 'frame',
    code: `
    import polars
    x = [0.5, float("nan"), None, 2.0]
    if m == 1: x[3] += 1e-9
    if m == 2: x[2] = 0.0
    return polars.DataFrame({"k": ["a", "b", "c", None], "x": x})`,
    one: { kind: 'table', verdict: 'withinTolerance', column: 'x', row: 3 },
    two: { verdict: 'differs', column: 'x', row: 2, recorded: null, reproduced: 0 },
  },
  {
    step: 'typed',
    code: `
    import polars
    it = polars.DataFrame({"day": [1, 2], "n": [1, 2]}).with_columns(polars.col("day").cast(polars.Date))
    if m == 1: it = it.with_columns(polars.col("n").cast(polars.Int8))
    if m == 2: it = it.select("n", "day")
    return it`,
    one: { verdict: 'differs', column: 'n', recorded: 'Int64', reproduced: 'Int8', detail: 'the type of a column' },
    two: { verdict: 'differs', detail: 'the columns and their order' },
  },
]

async function prove(cases: readonly Case[], environment: 'science' | 'polars') {
  const steps = cases.map(({ step, code }) => `@step\ndef ${step}():\n    m = number()${code}\n`)
  const opened = await openProving(
    {
      'pipeline.py': [head, ...steps].join('\n'),
      'kinds.py': 'class Holder:\n    pass\n',
    },
    { environment },
  )
  const home = process.env.HOME
  process.env.HOME = testFolder('home')
  const set = (text: string) => writeFileSync(join(process.env.HOME as string, '.number'), text)
  try {
    set('0')
    expect((await opened.run()).run.failure).toBeNull()
    const same = await opened.prove()
    set('1')
    const one = await opened.prove()
    set('2')
    return { same, one, two: await opened.prove() }
  } finally {
    process.env.HOME = home
  }
}

for (const [environment, cases] of [['science', science] as const, ['polars', polars] as const])
  describe(`results made with ${environment}`, () => {
    it('are compared by what they are, and the first place that differs is named', async () => {
      const { same, one, two } = await prove(cases, environment)
      expect(same.verdict, JSON.stringify(same.first)).toBe('identical')
      const found = (proof: typeof same, step: string) =>
        proof.steps.find((each) => each.step === step)?.artifacts.find(({ role }) => role === 'output')
      for (const { step, ...expected } of cases) {
        expect.soft(found(one, step), `${step}, one`).toMatchObject(expected.one)
        expect.soft(found(two, step), `${step}, two`).toMatchObject(expected.two)
      }
      expect(two.verdict).toBe('differs')
      expect(two.first).toMatchObject({ step: cases[0]?.step, artifact: cases[0]?.step })
    }, 900_000)
  })
