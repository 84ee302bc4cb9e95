import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { createModels } from '../../../core/models/create-models.ts'
import { createModelWorker } from '../../../core/models/run-model-worker.ts'
import { openExecution } from '../execution/open-execution.ts'

const pipeline = `
from slipway import step
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@step
def table():
    iris = load_iris(as_frame=True)
    frame = iris.frame.drop(columns="target")
    frame["leaves"] = np.arange(150) % 7
    frame["wild"] = np.arange(150) % 3 == 0
    frame["soil"] = np.array(["clay", "sand", "loam, dark"])[np.arange(150) % 3]
    frame["species"] = iris.target_names[iris.target]
    return frame


@step
def classifier(table, *, C: float = 1.0):
    numbers = [name for name in table.columns if name.endswith("(cm)")] + ["leaves"]
    preparation = ColumnTransformer(
        [("numbers", StandardScaler(), numbers), ("soil", OneHotEncoder(handle_unknown="ignore"), ["soil"])]
    )
    rows = table.drop(columns="species")
    return make_pipeline(preparation, LogisticRegression(C=C, max_iter=500)).fit(rows, table["species"])


@step
def boosted(table):
    rows = table[[name for name in table.columns if name.endswith("(cm)")]]
    return make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=30)).fit(rows, table["species"])


@step
def regressor(table):
    values = table[["sepal length (cm)", "sepal width (cm)"]].to_numpy()
    return RandomForestRegressor(8, random_state=0).fit(values, table["petal length (cm)"])


@step
def both(classifier, regressor):
    return {"classifier": classifier, "regressor": regressor}


@step
def evaluation(classifier, boosted, regressor, table):
    rows = table.drop(columns="species")
    regressor.predict(rows[["sepal length (cm)", "sepal width (cm)"]].to_numpy())
    boosted.predict(rows[boosted.feature_names_in_])
    return {"accuracy": float((classifier.predict(rows) == table["species"]).mean())}
`

it('registers what a real run gave: exported, proved on its own rows, or refused with the first that differs', async () => {
  const at = await openExecution({ 'pipeline.py': pipeline }, { environment: 'science' })
  const { run } = await at.run()
  expect(run.state).toBe('completed')
  const { database, store, lineage, queries } = at
  const worker = createModelWorker({
    entryFile: resolve(import.meta.dirname, '../../../core/models/model-worker.ts'),
    nodePath: process.execPath,
  })
  const models = createModels({
    database,
    store,
    lineage,
    queries,
    worker,
    actor: () => 'Ada',
    datasets: async () => [],
  })
  const classifier = await models.register('latest:classifier', 'iris')
  expect(classifier.onnx).toMatchObject({ state: 'equal', parity: { rows: 150, first: null, rowsOrigin: 'called' } })
  expect(classifier.signature?.inputs.map(({ name, type }) => [name, type])).toEqual([
    ['sepal length (cm)', 'FP64'],
    ['sepal width (cm)', 'FP64'],
    ['petal length (cm)', 'FP64'],
    ['petal width (cm)', 'FP64'],
    ['leaves', 'INT64'],
    ['wild', 'BOOL'],
    ['soil', 'BYTES'],
  ])
  expect(classifier.signature).toMatchObject({
    predictOutput: 'predict',
    classes: ['setosa', 'versicolor', 'virginica'],
  })

  const regressor = await models.register('latest:regressor', 'petals')
  expect(regressor.onnx).toMatchObject({ state: 'equal', parity: { rows: 150 } })

  const boosted = await models.register('latest:boosted', 'boosted')
  expect(['equal', 'differs']).toContain(boosted.onnx.state)
  if (boosted.onnx.state === 'differs') expect(boosted.onnx.parity.first).not.toBeNull()

  await expect(models.register('latest:both', 'both')).rejects.toMatchObject({
    code: 'models/notAModel',
    message: expect.stringContaining('an output of its own'),
  })

  const evidence = await models.evidence('iris')
  expect(evidence.metrics).toMatchObject({ 'evaluation.accuracy': expect.any(Number) })
  expect(evidence.sources.map((source) => source.path)).toContain('pipeline.py')
  await models.decide('iris', 'approved', 'good')
  await at.run({ steps: ['classifier'], params: { 'classifier.C': 0.01 } })
  expect((await models.get('iris@1')).approval?.stale).toBeNull()
  const second = await models.register('latest:classifier', 'iris')
  expect(second).toMatchObject({ version: 2, approval: null })
  await expect(models.requirePushable('iris')).rejects.toMatchObject({ code: 'models/notApproved' })
  at.database.close()
}, 240_000)
