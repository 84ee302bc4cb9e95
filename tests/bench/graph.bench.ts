import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createModuleReader } from '../../core/project/module-facts.ts'
import { parsePipeline } from '../../core/project/parse-pipeline.ts'
import { loadPythonSyntax } from '../../core/project/python-syntax.ts'
import { chainOfSteps } from '../builders/chain-of-steps.ts'
import type { Bench, Contender } from './harness/bench.ts'

const steps = 200

/** Reads a module of Python's own, a text a line: the least that any program in Python needs to see the steps. */
const reader = `
import ast, json, sys
for line in sys.stdin:
    tree = ast.parse(json.loads(line))
    names = [d.name for d in tree.body if isinstance(d, ast.FunctionDef) and d.decorator_list]
    print(json.dumps(names), flush=True)
`

/** From the text of a pipeline, one line of it changed, to its graph: what happens while somebody types. */
export const bench: Bench = {
  title: 'the graph after an edit',
  async *cases() {
    const syntax = await loadPythonSyntax()
    const modules = createModuleReader(syntax)
    const textOf = (round: number) => chainOfSteps(steps, `${round + 2}`)
    let seen: readonly string[] = []
    const output = async () => seen
    const ours: Contender = {
      name: 'slipway',
      about: '0.1.0; the whole pipeline: steps, params, artifacts, edges, digests of each step’s code, problems',
      async work(round) {
        const text = textOf(round)
        const pipeline = parsePipeline({
          reader: modules,
          readText: (path) => (path === 'pipeline.py' ? text : null),
          modules: ['pipeline.py'],
          locateModule: () => ({ module: 'slipway.toml', line: 1, column: 1, endLine: 1, endColumn: 1 }),
        })
        seen = pipeline.steps.map(({ name }) => name)
        return undefined
      },
      output,
    }
    const child = spawn('python3', ['-c', reader], { stdio: ['pipe', 'pipe', 'inherit'] })
    const answers = createInterface({ input: child.stdout })
    const python: Contender = {
      name: 'Python’s ast',
      about: 'ast.parse in an interpreter that runs already; the names of the steps alone',
      processes: () => (child.pid === undefined ? [] : [child.pid]),
      async work(round) {
        const answer = once(answers, 'line')
        child.stdin.write(`${JSON.stringify(textOf(round))}\n`)
        seen = JSON.parse(((await answer) as [string])[0])
        return undefined
      },
      output,
    }
    const ceiling: Contender = {
      name: 'the parser alone',
      about: 'tree-sitter, the tree of the text and nothing read of it',
      ceiling: true,
      async work(round) {
        syntax.parse(textOf(round))
        return undefined
      },
    }
    try {
      yield { name: `${steps} steps, one line changed`, goal: '≤ 300 ms', contenders: [ours, python, ceiling] }
    } finally {
      child.stdin.end()
    }
  },
}
