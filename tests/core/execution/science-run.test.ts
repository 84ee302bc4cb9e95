import { afterAll, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { parsePredictions } from '../../../core/domain/parse-predictions.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const code = `
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from slipway import step

@step
def raw():
    return load_wine(as_frame=True).frame

@step(outputs=("train", "test"))
def split(raw, *, test_size: float = 0.25, seed: int = 7):
    return train_test_split(raw, test_size=test_size, random_state=seed)

@step
def model(train, *, C: float = 1.0):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=500)).fit(
        train.drop(columns="target"), train["target"]
    )

@step
def evaluation(model, test):
    answers = model.predict(test.drop(columns="target"))
    return {"accuracy": accuracy_score(test["target"], answers)}

@step
def confusion(model, test):
    figure, axes = plt.subplots()
    ConfusionMatrixDisplay.from_estimator(model, test.drop(columns="target"), test["target"], ax=axes)
    return figure
`

describe('a pipeline of data science', () => {
  it('keeps tables, a model with rows that prove it, metrics and a figure, and gives the same bytes again', async () => {
    const { run, queries, store } = await openExecution({ 'pipeline.py': code }, { environment: 'science' })
    const first = await run()
    expect(first.run.failure).toBeNull()
    expect(first.run.metrics['evaluation.accuracy']).toBeGreaterThan(0.9)
    const values = first.artifacts.filter(({ kind }) => kind !== 'predictions')
    const kinds = Object.fromEntries(values.map(({ name, kind }) => [name, kind]))
    expect(kinds).toMatchObject({ raw: 'table', train: 'table', test: 'table', model: 'model', confusion: 'figure' })
    const model = values.find(({ name }) => name === 'model')
    expect(model?.parts.map(({ name }) => name).length).toBeGreaterThan(1)

    const [predictions] = queries.predictionsOf(model?.descriptor.digest as Digest)
    const rows = parsePredictions(await store.readBytes(predictions?.descriptor.digest as Digest))
    expect(rows.rows).toBe(45)
    expect(Object.keys(rows.outputs)).toContain('predict')

    const candidate = queries.candidatesOf(first.run.id).find(({ step }) => step === 'raw')
    expect(candidate?.observed.filesRead.map(({ path }) => path)).toContain(
      'package:sklearn/datasets/data/wine_data.csv',
    )

    const again = await run({ noCache: true })
    const digests = (detail: typeof first) =>
      detail.artifacts.map(({ name, descriptor }) => `${name} ${descriptor.digest}`).sort()
    expect(digests(again)).toEqual(digests(first))
    expect((await run()).run.cachedSteps).toBe(5)
  }, 240_000)
})
