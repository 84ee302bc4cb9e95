import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { Kernel } from '../../../core/execution/kernel.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'
import { openProving } from './open-proving.ts'

afterAll(removeTestFolders)

const head = 'import os\nfrom slipway import step, log_metric, log_artifact\n'

/** A file outside the project, which no record holds, decides how the next execution differs. */
const science = `${head}
import pandas as pd
from pathlib import Path
from helper import scaled

def mode():
    return Path(os.path.expanduser("~/.mode")).read_text()

@step
def raw(*, path: str = "data/in.csv"):
    return pd.read_csv(path)

@step
def table(raw):
    given = scaled(raw).copy()
    if mode() == "other": given.loc[7, "x"] = -1.0
    return given

@step
def model(raw):
    from sklearn.linear_model import LogisticRegression
    c = 0.001 if mode() == "other" else 10.0
    return LogisticRegression(C=c).fit(raw[["x", "y"]], raw["label"])

@step
def evaluation(model, raw):
    model.predict_proba(raw[["x", "y"]])
    log_metric("loss", 0.5, iteration=0)
    log_metric("loss", 0.25 if mode() != "other" else 0.26, iteration=1)
    log_artifact({"a": 1, "b": {"c": [1, 2, 3]}}, "notes")
    Path("out").mkdir(exist_ok=True)
    Path("out/report.txt").write_text("one\\ntwo\\n" if mode() != "other" else "one\\nzwei\\n")
    return {"accuracy": 1.0}
`
const files = {
  'pipeline.py': science,
  'helper.py': 'def scaled(frame):\n    return frame.assign(z=frame.x * 2)\n',
  'data/in.csv': `x,y,label\n${Array.from({ length: 20 }, (_, at) => `${at / 4},${(at * 7) % 5},${at % 2}`).join('\n')}\n`,
}

describe('proving a run of data science', () => {
  it('says identical, or the first step, artifact, column and row that differs', async () => {
    const home = process.env.HOME
    const opened = await openProving(files, { environment: 'science' })
    const { prove, run, write, folder, proving, store, phases, queries } = opened
    process.env.HOME = testFolder('home')
    const setMode = (mode: string) => writeFileSync(join(process.env.HOME as string, '.mode'), mode)
    try {
      setMode('plain')
      const first = await run()
      expect(first.run.failure).toBeNull()

      // The project has moved on since: other data, other code, no helper at all.
      write('data/in.csv', 'x,y,label\n1,2,3\n')
      rmSync(join(folder, 'helper.py'))
      write('pipeline.py', head)
      const proof = await prove()
      expect(proof).toMatchObject({ verdict: 'identical', first: null, cause: null, runId: first.run.id })
      expect(proof.steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
        'raw identical',
        'table identical',
        'model identical',
        'evaluation identical',
      ])
      const names = proof.steps.at(-1)?.artifacts.map(({ role, artifact }) => `${role} ${artifact}`)
      expect(names).toEqual(
        expect.arrayContaining([
          'output evaluation',
          'logged notes',
          'side out/report.txt',
          'metric evaluation.loss',
          'metric evaluation.accuracy',
          'predictions model',
        ]),
      )
      expect(phases).toEqual(['Read records', 'Make environment', 'Execute again'])
      expect(proving.of('latest')).toEqual([proof])
      const { nodes, edges } = opened.lineage.walk(first.run.id, 'down')
      const id = `proof:${first.run.id}@${proof.at}`
      expect(nodes.find((node) => node.id === id)).toMatchObject({ kind: 'proof', name: 'identical', at: proof.at })
      expect(edges).toContainEqual({ from: `run:${first.run.id}`, to: id, kind: 'used' })

      setMode('other')
      const other = await prove()
      const cell = { step: 'table', artifact: 'table', column: 'x', row: 7, recorded: 1.75, reproduced: -1 }
      expect(other).toMatchObject({ verdict: 'differs', first: cell })
      const found = (step: number, artifact: string) =>
        other.steps[step]?.artifacts.find((one) => one.artifact === artifact && one.verdict === 'differs')
      expect(found(2, 'model')).toMatchObject({ column: expect.stringMatching(/^predict/) })
      expect(found(2, 'model')?.detail).toMatch(/recorded rows/)
      expect(found(3, 'evaluation.loss')).toMatchObject({ row: 1, recorded: 0.25, reproduced: 0.26 })
      expect(found(3, 'out/report.txt')).toMatchObject({ row: 1, recorded: 'two', reproduced: 'zwei' })
      expect(found(3, 'evaluation')).toBeUndefined()
      expect(proving.of('latest')).toHaveLength(2)

      // The recorded bytes of the data are hurt: said, and nothing is proved.
      const raw = first.artifacts.find(({ name }) => name === 'raw')
      expect(store.has(raw?.descriptor.digest as never)).toBe(true)
      rmSync(opened.blob(raw?.descriptor.digest as string))
      await expect(prove()).rejects.toMatchObject({ code: 'store/blobMissing' })
      expect(queries.run('latest').state).toBe('completed')
    } finally {
      process.env.HOME = home
    }
  }, 300_000)
})

/** A number outside the project is added to the arrays: nothing, next to nothing, or much. */
const arrays = `${head}
import numpy as np
from pathlib import Path

@step
def array():
    values = np.linspace(1.0, 2.0, 12).reshape(3, 4)
    values[2, 1] += float(Path(os.path.expanduser("~/.extra")).read_text())
    return values

@step
def many(array):
    return {"one": np.arange(5), "two": array.astype("float32")}
`

describe('proving arrays', () => {
  it('is within a stated tolerance, or names the place in the array', async () => {
    const home = process.env.HOME
    const { prove, run } = await openProving({ 'pipeline.py': arrays }, { environment: 'numpy' })
    process.env.HOME = testFolder('home')
    const setExtra = (text: string) => writeFileSync(join(process.env.HOME as string, '.extra'), text)
    try {
      setExtra('0')
      await run()
      setExtra('1e-12')
      const close = await prove(true)
      expect(close).toMatchObject({ verdict: 'withinTolerance', first: null, cause: null })
      const [array] = close.steps[0]?.artifacts ?? []
      expect(array).toMatchObject({ verdict: 'withinTolerance', row: 2, column: '1' })
      expect(array?.maxDifference).toBeGreaterThan(0)
      expect(array?.maxDifference).toBeLessThan(2e-12)
      expect(close.tolerance).toEqual({ absolute: 1e-9, relative: 1e-6 })
      setExtra('0.5')
      const far = await prove()
      expect(far.first).toMatchObject({ step: 'array', artifact: 'array', row: 2, column: '1' })
      expect(far.first?.reproduced).toBe((far.first?.recorded as number) + 0.5)
      // It was given the recorded array, so what comes after is not blamed.
      expect(far.steps[1]?.verdict).toBe('identical')
    } finally {
      process.env.HOME = home
    }
  }, 180_000)
})

describe('what cannot be proved', () => {
  const code = `${head}\n@step\ndef fine(*, fails: bool = False):\n    if fails: raise ValueError("no")\n    return open("data.txt").read() + os.environ.get("FLAVOUR", "none")\n`

  it('refuses a failed run, a changed variable, and a file that was not kept and has changed', async () => {
    const toml = 'name = "test"\npipeline = ["pipeline.py"]\n\n[recording]\nkeepFile = "4 B"\n'
    const { prove, run, write, folder } = await openProving({
      'pipeline.py': code,
      'slipway.toml': toml,
      'data.txt': 'more than four bytes',
    })
    const good = await run()
    expect((await prove()).verdict).toBe('identical')

    process.env.FLAVOUR = 'lemon'
    write('slipway.toml', `${toml}\n[steps.fine]\nenvironment = { FLAVOUR = "lemon" }\n`)
    await expect(prove()).rejects.toMatchObject({
      code: 'proving/variableChanged',
      details: { variable: 'FLAVOUR', wasSet: false },
    })
    delete process.env.FLAVOUR
    write('slipway.toml', toml)

    writeFileSync(join(folder, 'data.txt'), 'something else now')
    await expect(prove()).rejects.toMatchObject({ code: 'proving/fileNotKept', details: { path: 'data.txt' } })

    const bad = await run({ params: { 'fine.fails': true } })
    await expect(prove(false, bad.run.id)).rejects.toMatchObject({ code: 'proving/runNotCompleted' })
    expect(good.run.state).toBe('completed')
  }, 120_000)

  it('refuses a run of another platform, and says which', async () => {
    const elsewhere = (kernel: Kernel): Kernel => ({
      async runStep(...given) {
        const outcome = await kernel.runStep(...given)
        return { ...outcome, platform: { ...outcome.platform, system: 'Darwin', machine: 'arm64' } }
      },
    })
    const { prove, run, proving } = await openProving(
      { 'pipeline.py': code, 'data.txt': 'kept' },
      { recordWith: elsewhere },
    )
    const { run: recorded } = await run()
    const refusal = await prove().then(
      () => null,
      (error: unknown) => describeFailure(error),
    )
    expect(refusal).toMatchObject({ code: 'proving/otherPlatform', exitCode: 3 })
    expect(refusal?.message).toMatch(
      new RegExp(`${recorded.id} was executed on Darwin arm64, and this computer is Linux`),
    )
    expect(refusal?.remedy).toMatch(/Darwin arm64/)
    expect(proving.of(recorded.id)).toEqual([])
  }, 120_000)

  it('proves a cached step through the step run that it reuses, from kept files that are gone', async () => {
    const { prove, run, folder } = await openProving({ 'pipeline.py': code, 'data.txt': 'kept' })
    const first = await run()
    const second = await run()
    expect(second.states).toEqual({ fine: 'cached' })
    rmSync(join(folder, 'data.txt'))
    const proof = await prove(false, second.run.id)
    expect(proof).toMatchObject({ verdict: 'identical', steps: [{ step: 'fine', cached: true }] })
    expect(proof.steps[0]?.stepRunId).toBe(first.steps[0]?.id)
    expect(() => readFileSync(join(folder, 'data.txt'))).toThrow()
  }, 120_000)

  it('calls it a difference when the step fails the second time', async () => {
    const { prove, run } = await openProving({
      'pipeline.py': `${head}\n@step\ndef once():\n    marker = os.path.join(os.path.expanduser("~"), "marker-" + str(os.getppid()))\n    if os.path.exists(marker):\n        os.remove(marker)\n        raise RuntimeError("only once")\n    open(marker, "w").close()\n    return 1\n`,
    })
    await run()
    const proof = await prove()
    expect(proof).toMatchObject({ verdict: 'differs', first: { step: 'once', artifact: 'once' } })
    expect(proof.first?.reproduced).toMatch(/only once/)
  }, 120_000)
})
