import { execFileSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import type { Environments } from '../../../core/environments/environments.ts'
import { parseSettings } from '../../../core/project/settings.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'
import { installUv } from './install-uv.ts'

const repository = new URL('../../..', import.meta.url).pathname
const minutes = 60_000

function environmentsOf(folder: string, python: string | null, uv = 'pip'): Environments {
  return createEnvironments({
    projectFolder: folder,
    settings: async () => ({ python, requirements: null, pyproject: null, conda: null }),
    pythonPackageFolder: join(repository, 'core/execution/python/slipway'),
    readToml: readTomlPlain,
    uv,
  })
}

const sync = (environments: Environments) =>
  environments.sync({ report: () => {}, signal: new AbortController().signal })

/** Runs a project's functions in their order without Slipway, exports the model, and compares every held-out row. */
const parityCheck = `
import sys; sys.path.insert(0, "."); sys.dont_write_bytecode = True
import json, numpy as np
from onnx.reference import ReferenceEvaluator
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
import pipeline as p
prepared, _ = (p.validate if hasattr(p, "validate") else p.prepare)(p.load())
train_rows, test_rows = p.split(prepared)
model = p.train(train_rows)
evaluation, figure = p.evaluate(model, test_rows)
rows = test_rows[list(model.feature_names_in_)]
numbers = set(rows.select_dtypes("number").columns)
kinds = [(c, (FloatTensorType if c in numbers else StringTensorType)([None, 1])) for c in rows.columns]
graph = to_onnx(model, initial_types=kinds, options={"zipmap": False}, target_opset=18)
feeds = {c: rows[[c]].to_numpy().astype(np.float32 if c in numbers else object) for c in rows.columns}
labels, probabilities = ReferenceEvaluator(graph).run(None, feeds)
print(json.dumps({
    "accuracy": float(evaluation["accuracy"]),
    "rows": len(rows),
    "labelsDiffer": int((np.asarray(labels) != model.predict(rows)).sum()),
    "probabilityDifference": float(np.abs(probabilities - model.predict_proba(rows)).max()),
    "figure": type(figure).__name__,
}))
`

describe('templates run as they are, and their models export equal on every held-out row', () => {
  const folder = temporaryFolder('slipway-templates-')
  let python = ''

  beforeAll(async () => {
    for (const name of ['penguins', 'classification'])
      cpSync(join(repository, 'templates/projects', name), join(folder, name), { recursive: true })
    const environments = environmentsOf(join(folder, 'penguins'), '>=3.11')
    await sync(environments)
    expect(await environments.status()).toMatchObject({ state: 'ready', warnings: [] })
    python = await environments.pythonPath()
  }, 10 * minutes)

  it.each([
    ['penguins', 86, 0.95],
    ['classification', 45, 0.8],
  ])(
    '%s',
    (name, rows, accuracy) => {
      const told = JSON.parse(
        execFileSync(python, ['-c', parityCheck], { cwd: join(folder, name), encoding: 'utf8' }),
      ) as { accuracy: number; rows: number; labelsDiffer: number; probabilityDifference: number; figure: string }
      expect(told).toMatchObject({ rows, labelsDiffer: 0, figure: 'Figure' })
      expect(told.accuracy).toBeGreaterThanOrEqual(accuracy)
      expect(told.probabilityDifference).toBeLessThan(1e-5)
    },
    3 * minutes,
  )

  it(
    'classification takes a table of any kinds with gaps',
    () => {
      writeFileSync(
        join(folder, 'classification', 'data', 'table.csv'),
        `name,colour,size,flag,count,cultivar\n${Array.from({ length: 60 }, (_, i) =>
          [
            `n${i}`,
            i % 7 === 0 ? '' : ['red', 'blue'][i % 2],
            i % 5 === 0 ? '' : i / 3,
            i % 3 === 0,
            i,
            i % 2 === 0,
          ].join(','),
        ).join('\n')}\n`,
      )
      const check = `${parityCheck.replace('else p.prepare)(p.load())', 'else lambda t: p.prepare(t, drop=["name"]))(p.load())')}`
      const told = JSON.parse(
        execFileSync(python, ['-c', check], { cwd: join(folder, 'classification'), encoding: 'utf8' }),
      )
      expect(told).toMatchObject({ rows: 15, labelsDiffer: 0 })
    },
    3 * minutes,
  )

  it('blank runs on the standard library alone', () => {
    const said = execFileSync(python, ['-c', 'import pipeline; print(pipeline.greeting(name="é"))'], {
      cwd: join(repository, 'templates/projects/blank'),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
    })
    expect(said.trim()).toBe("{'text': 'Hello, é!', 'letters': 6}")
    const text = 'name = "x"\n'
    expect(parseSettings(text).pipeline).toEqual(['pipeline.py'])
  })
})

describe('old pins', () => {
  it(
    'scikit-learn 1.4 with numpy 1.26 keeps its pins and gets additions that work beside them',
    async () => {
      const folder = temporaryFolder('slipway-old-pins-')
      writeFileSync(join(folder, 'requirements.txt'), 'scikit-learn==1.4.2\nnumpy==1.26.4\npandas==2.2.2\n')
      const environments = environmentsOf(folder, '3.11', await installUv())
      const { packages } = await sync(environments)
      const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]))
      expect(versions).toMatchObject({ 'scikit-learn': '1.4.2', numpy: '1.26.4', pandas: '2.2.2' })
      expect(await environments.status()).toMatchObject({ state: 'ready', warnings: [] })
      const check = 'import pyarrow, skl2onnx, skops.io, numpy; print(numpy.__version__)'
      expect(execFileSync(await environments.pythonPath(), ['-I', '-c', check], { encoding: 'utf8' }).trim()).toBe(
        '1.26.4',
      )
    },
    10 * minutes,
  )
})
