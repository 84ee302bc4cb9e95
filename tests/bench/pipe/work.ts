import type { Files } from './files.ts'
import { before, nameOf, offsetOf, type Plan } from './shapes.ts'

/** One step of a pipeline as every peer sees it: a program that reads files and its param, and writes one file. */
export type BenchStep = {
  readonly name: string
  readonly needs: readonly string[]
  /** The one param that may change; written by each peer where it keeps params. */
  readonly param: number
}

export type Work = {
  readonly name: string
  readonly steps: readonly BenchStep[]
  /** Files that every peer's folder holds: `work.py`, which runs one step by its name. */
  readonly files: Files
  /** The step whose param changes. */
  readonly leaf: string
  /** Packages that the steps import. */
  readonly requirements: readonly string[]
  /** Slipway's own form of the same work. */
  readonly pipeline: string
  readonly leafParam: string
  /** Which results are compared, by step. */
  readonly compared: readonly string[]
}

/** `python work.py NAME PARAM INPUT… ` writes out/NAME.json; the functions are the same for all. */
const runOne = `
def main():
    import json, os, sys
    name, param, *needs = sys.argv[1:]
    inputs = [load(need) for need in needs]
    os.makedirs("out", exist_ok=True)
    store(name, run(name, float(param), inputs))

if __name__ == "__main__":
    main()
`

export function trivialWork(plan: Plan): Work {
  const indexes = Array.from({ length: plan.steps }, (_, index) => index)
  const needs = (index: number) => {
    const from = before(plan, index)
    return from === null ? [] : [nameOf(from)]
  }
  return {
    name: `${plan.shape} of ${plan.steps}`,
    steps: indexes.map((index) => ({ name: nameOf(index), needs: needs(index), param: offsetOf(plan, index, 1) })),
    leaf: nameOf(plan.steps - 1),
    leafParam: `${nameOf(plan.steps - 1)}.offset`,
    compared: [...new Set([0, plan.steps >> 1, plan.steps - 1])].map(nameOf),
    requirements: [],
    files: {
      'work.py': `import json

def load(name):
    with open(f"out/{name}.json") as file:
        return json.load(file)

def store(name, value):
    with open(f"out/{name}.json", "w") as file:
        json.dump(value, file)

def run(name, param, inputs):
    return sum(inputs) + int(param)
${runOne}`,
    },
    pipeline: `from slipway import step\n\n\n${indexes
      .map((index) => {
        const [input] = needs(index)
        const value = input === undefined ? 'offset' : `${input} + offset`
        const taken = input === undefined ? '' : `${input}, `
        return `@step\ndef ${nameOf(index)}(${taken}*, offset: int = ${offsetOf(plan, index, 1)}):\n    return ${value}\n`
      })
      .join('\n\n')}`,
  }
}

const functions = `
def make_table(param, inputs):
    rng = numpy.random.default_rng(int(param))
    table = pandas.DataFrame(rng.normal(size=(5000, 8)), columns=list("abcdefgh"))
    table["y"] = (table.a + table.b * table.c + 0.3 * rng.normal(size=5000) > 0).astype("int64")
    return table

def scale(param, inputs):
    table = inputs[0].copy()
    columns = list("abcdefgh")
    table[columns] = (table[columns] - table[columns].mean()) / table[columns].std() * param
    return table

def split(param, inputs):
    return inputs[0].iloc[: int(len(inputs[0]) * param)]

def fit(param, inputs):
    from sklearn.linear_model import LogisticRegression
    table = inputs[0]
    return LogisticRegression(C=param, max_iter=200).fit(table[list("abcdefgh")], table.y)

def score(param, inputs):
    model, table = inputs
    right = model.predict(table[list("abcdefgh")]) == table.y
    return {"accuracy": round(float(right.mean()), 6), "rows": int(len(table) * param)}
`

/** Five steps with pandas and scikit-learn; the param of the model changes, so two steps run again. */
export const mlWork: Work = {
  name: '5 pandas + scikit-learn steps',
  steps: [
    { name: 'make_table', needs: [], param: 7 },
    { name: 'scale', needs: ['make_table'], param: 1 },
    { name: 'split', needs: ['scale'], param: 0.75 },
    { name: 'fit', needs: ['split'], param: 1 },
    { name: 'score', needs: ['fit', 'scale'], param: 1 },
  ],
  leaf: 'fit',
  leafParam: 'fit.param',
  compared: ['score'],
  requirements: ['pandas==3.1.1', 'scikit-learn==1.9.1'],
  files: {
    'work.py': `import json, pickle
import numpy, pandas
${functions}
def load(name):
    with open(f"out/{name}.json", "rb") as file:
        return json.load(file) if name == "score" else pickle.load(file)

def store(name, value):
    with open(f"out/{name}.json", "wb") as file:
        file.write(json.dumps(value).encode() if name == "score" else pickle.dumps(value))

def run(name, param, inputs):
    return globals()[name](param, inputs)
${runOne}`,
  },
  pipeline: `import numpy, pandas
from slipway import step
${functions
  .replaceAll(/def (\w+)\(param, inputs\)/g, (_, name: string) => {
    const needs =
      { make_table: [], scale: ['make_table'], split: ['scale'], fit: ['split'], score: ['fit', 'scale'] }[name] ?? []
    const usual = { make_table: '7', scale: '1.0', split: '0.75', fit: '1.0', score: '1.0' }[name]
    return `@step\ndef ${name}(${needs.map((need) => `${need}, `).join('')}*, param: float = ${usual})`
  })
  .replaceAll(
    /@step\ndef (\w+)\((.*)\*, (.*)\):\n/g,
    (whole, _name: string, needs: string) => `${whole}    inputs = [${needs.replace(/, $/, '')}]\n`,
  )}`,
}
