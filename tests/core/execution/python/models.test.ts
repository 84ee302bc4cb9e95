import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { parsePredictions } from '../../../../core/domain/parse-predictions.ts'
import type { Signature } from '../../../../core/domain/signature.ts'
import type { StepOutput } from '../../../../core/execution/step-protocol.ts'
import { type ProjectRun, pythonProject } from './python-project.ts'
import { pythonCases } from './run-cases.ts'

describe('exported graphs give the answers of the native model', () => pythonCases('exported_models.py', 'onnx'))
describe('models with older pins', () => pythonCases('exported_models.py', 'older'))
describe('native forms of models', () => pythonCases('native_models.py', 'onnx'))
describe('gradient boosting libraries', () => pythonCases('boosting_models.py', 'boosting'))

const pipeline = `import numpy as np, pandas as pd
from slipway import step, log_predictions
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["bill length (mm)", "body_mass", "year"]

@step(outputs=("train", "test"))
def split():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({
        "bill length (mm)": rng.normal(44, 5, 300), "body_mass": rng.normal(4200, 800, 300),
        "year": rng.integers(2007, 2010, 300), "island": pd.Categorical(rng.choice(["Biscoe", "Dream"], 300)),
        "sex": rng.choice(["male", "female"], 300),
    })
    table.loc[::11, "body_mass"] = np.nan
    table.loc[::13, "sex"] = None
    table["species"] = np.where(table["bill length (mm)"] + rng.normal(0, 3, 300) > 44, "Gentoo", "Adélie")
    return table[:200], table[200:]

@step
def model(train, *, within: bool = False):
    text = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([
        ("n", make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
        ("c", text, ["sex"]), ("i", OneHotEncoder(), ["island"])])
    fitted = make_pipeline(prepare, LogisticRegression(max_iter=1000)).fit(train.drop(columns="species"), train["species"])
    if within: log_predictions(fitted, train.drop(columns="species")[:5])
    return fitted

@step
def evaluation(model, test):
    rows = test.drop(columns="species")
    labels = model.predict(rows[:60])
    rows["body_mass"] = -1.0  # what the step does later must not reach the recorded rows
    assert model.score(test[60:], test["species"][60:]) >= 0
    return {"accuracy": float((labels == test["species"][:60]).mean())}

@step
def given(model, test):
    log_predictions(model, test[:7])
    log_predictions(model, test[7:10])
    model.predict(test)

@step
def idle(model, test, train): return 1

@step
def unrelated(model): return 1
`

describe('the rows that prove a model', () => {
  let project: Awaited<ReturnType<typeof pythonProject>>
  let data: Record<string, StepOutput>
  let trained: ProjectRun
  const run = (step: string, options = {}) => project.run(step, options)
  const readPredictions = (proof: StepOutput | undefined) => parsePredictions(readFileSync(proof?.file ?? ''))
  const proofOf = (ran: ProjectRun) => ran.stored.filter(({ role }) => role === 'predictions')

  beforeAll(async () => {
    project = await pythonProject('science', { 'pipeline.py': pipeline })
    data = { ...(await run('split', { outputs: ['train', 'test'] })).outputs }
    trained = await run('model', { inputs: { train: data.train! } })
    data.model = trained.outputs.model!
  })

  it('are the training input, sent by the step that made the model', () => {
    const [proof] = proofOf(trained)
    expect(proof).toMatchObject({ name: 'model', kind: 'predictions', of: { output: 'model' } })
    const recorded = readPredictions(proof)
    expect(recorded).toMatchObject({ rows: 200, origin: 'training' })
    expect(Object.keys(recorded.inputs)).toEqual(['bill length (mm)', 'body_mass', 'island', 'sex', 'year'])
    expect(recorded.inputs.body_mass?.[0]).toBeNull()
    expect(recorded.inputs.sex?.[0]).toBeNull()
    expect(Object.keys(recorded.outputs)).toEqual(['predict', 'predict_proba'])
    expect(recorded.outputs.predict_proba?.[0]).toHaveLength(2)
  })

  it('are better the ones that a later step asked the model about: outermost calls, as they were', async () => {
    const ran = await run('evaluation', { inputs: { model: data.model!, test: data.test! } })
    expect(ran.failure).toBeNull()
    const [proof] = proofOf(ran)
    expect(proof).toMatchObject({ of: { input: 'sha256:model' }, summary: { rows: 100, origin: 'called' } })
    const recorded = readPredictions(proof)
    expect(recorded.inputs.body_mass).not.toContain(-1)
    expect(Object.keys(recorded.inputs)).not.toContain('species')
  })

  it('are best the ones that are given, also by the step that makes the model', async () => {
    const inputs = { model: data.model!, test: data.test! }
    expect(proofOf(await run('given', { inputs }))[0]?.summary).toMatchObject({ rows: 10, origin: 'logged' })
    const within = await run('model', { inputs: { train: data.train! }, params: { within: true } })
    expect(proofOf(within)[0]?.summary).toMatchObject({ rows: 5, origin: 'logged' })
  })

  it('are every table received with the model when nothing was asked', async () => {
    const inputs = { model: data.model!, test: data.test!, train: data.train! }
    expect(proofOf(await run('idle', { inputs }))[0]?.summary).toMatchObject({ rows: 300, origin: 'received' })
    expect(proofOf(await run('unrelated', { inputs: { model: data.model! } }))).toEqual([])
  })

  it('stand beside a signature with the names, types and levels of the table', () => {
    const { summary, parts, runsCodeWhenLoaded } = data.model!
    expect(parts.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ['native', 'application/vnd.skops'],
      ['onnx', 'application/vnd.onnx'],
    ])
    expect(runsCodeWhenLoaded).toBe(false)
    expect(summary).toMatchObject({
      onnxRefusal: null,
      classes: ['Adélie', 'Gentoo'],
      pythonType: 'sklearn.pipeline.Pipeline',
    })
    const signature = summary.signature as unknown as Signature
    expect(signature).toMatchObject({ layout: 'columns', predictOutput: 'predict', classes: ['Adélie', 'Gentoo'] })
    expect(signature.inputs.map(({ name, type, nullable, levels }) => [name, type, nullable, levels])).toEqual([
      ['bill length (mm)', 'FP64', true, undefined],
      ['body_mass', 'FP64', true, undefined],
      ['year', 'INT64', false, undefined],
      ['island', 'BYTES', false, ['Biscoe', 'Dream']],
      ['sex', 'BYTES', true, undefined],
    ])
    expect(signature.outputs.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['predict', 'BYTES', [-1]],
      ['predict_proba', 'FP64', [-1, 2]],
    ])
  })

  // By the two seeds the exporter's sets are in different order.
  it.each(['30', '31'])(
    'are equal bytes when the step runs again, as the model and its graph are, with hash seed %s',
    async (seed) => {
      const again = await run('model', { inputs: { train: data.train! }, variables: { PYTHONHASHSEED: seed } })
      const filesOf = (ran: ProjectRun) =>
        ran.stored
          .flatMap(({ file, parts }) => [file, ...parts.map((part) => part.file)])
          .filter((file) => file !== null)
      expect(filesOf(again).map((file) => readFileSync(file))).toEqual(
        filesOf(trained).map((file) => readFileSync(file)),
      )
    },
  )
})

describe('a model that cannot be exported', () => {
  it('is kept in its native form with the reason, and the step goes on', async () => {
    const project = await pythonProject('science', {
      'pipeline.py': `import numpy as np
from slipway import step
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
@step
def model():
    return make_pipeline(FunctionTransformer(np.log1p), LinearRegression()).fit(np.ones((9, 2)), np.arange(9))
@step
def use(model): return model.predict(np.ones((2, 2)))
`,
    })
    const { outputs, failure } = await project.run('model')
    expect(failure).toBeNull()
    expect(outputs.model?.parts.map(({ name }) => name)).toEqual(['native'])
    expect(outputs.model?.summary.onnxRefusal).toContain('FunctionTransformer')
    expect(outputs.model?.summary.signature).toMatchObject({
      layout: 'tensor',
      inputs: [{ name: 'input', shape: [-1, 2] }],
    })
    const used = await project.run('use', { inputs: { model: outputs.model! } })
    expect(used.failure).toBeNull()
    expect(used.stored.map(({ role }) => role)).toEqual(['output', 'predictions'])
  })

  it('names the version that breaks the exporter', async () => {
    const code = `import numpy as np
from slipway import step
from sklearn.ensemble import HistGradientBoostingClassifier
@step
def model(): return HistGradientBoostingClassifier(max_iter=2).fit(np.eye(40), np.arange(40) % 2)
`
    const project = await pythonProject('protobuf7', { 'pipeline.py': code })
    const { outputs, failure } = await project.run('model')
    expect(failure).toBeNull()
    expect(outputs.model).toMatchObject({ runsCodeWhenLoaded: true, parts: [{ name: 'native' }] })
    expect(outputs.model?.summary.onnxRefusal).toContain('pin protobuf<7')
  })

  it('is no model before it is fitted', async () => {
    const project = await pythonProject('science', {
      'pipeline.py': `from slipway import step\nfrom sklearn.linear_model import LinearRegression\n@step\ndef model(): return LinearRegression()\n`,
    })
    expect((await project.run('model')).outputs.model?.kind).toBe('pickle')
  })
})
