import { describe, expect, it } from 'vitest'
import { chainOfSteps } from '../../builders/chain-of-steps.ts'
import { pipelineOf } from './in-memory-project.ts'

const one = (text: string) => pipelineOf({ 'pipeline.py': text })
const problemsOf = (text: string) => one(text).problems.map(({ kind, span, message }) => [kind, span.line, message])

describe('steps', () => {
  it.each([
    ['@step', 'from slipway import step\n@step\ndef a(): pass'],
    ['@step()', 'from slipway import step\n@step()\ndef a(): pass'],
    ['@slipway.step', 'import slipway\n@slipway.step\ndef a(): pass'],
    ['@s.step', 'import slipway as s\n@s.step(outputs=("a",))\ndef a(): pass'],
    ['an alias', 'from slipway import step as x\n@x\ndef a(): pass'],
    ['a star import', 'from slipway import *\n@step\ndef a(): pass'],
    ['an alias by assignment', 'import slipway\nst = slipway.step\n@st\ndef a(): pass'],
    [
      'a fallback for use without Slipway',
      'try:\n    from slipway import step\nexcept ImportError:\n    step = lambda f: f\n@step\ndef a(): pass',
    ],
    [
      'among other decorators',
      'import functools\nfrom slipway import step\n@functools.cache\n@step\n@functools.cache\ndef a(): pass',
    ],
    ['async', 'from slipway import step\n@step\nasync def a(): pass'],
    ['inside if', 'from slipway import step\nif True:\n    @step\n    def a(): pass'],
    ['CRLF', 'from slipway import step\r\n@step\r\ndef a():\r\n    pass\r\n'],
    ['a byte order mark', '\ufefffrom slipway import step\n@step\ndef a(): pass'],
    ['other white space', 'from slipway import step\n@ step (  )\ndef   a  ( ) : pass'],
  ])('are found by %s', (_, text) => {
    const { steps, problems } = one(text)
    expect(problems).toEqual([])
    expect(steps.map((step) => step.name)).toEqual(['a'])
  })

  it('are found when a project module hands the decorator on', () => {
    const { steps } = pipelineOf({
      'libsteps.py': 'from slipway import step as marked',
      'pipeline.py': 'from libsteps import marked\n@marked\ndef a(): pass',
    })
    expect(steps.map((step) => step.name)).toEqual(['a'])
  })

  it.each([
    ["another library's step", 'from behave import step\n@step("given")\ndef a(): pass'],
    ['a decorator of its own', 'def step(f): return f\n@step\ndef a(): pass'],
    ['a step of another kind', 'import zenml\n@zenml.step\ndef a(): pass'],
    ['no decorator', 'from slipway import step\ndef step_a(): pass'],
    ['a comment', 'from slipway import step\n# @step\ndef a(): pass'],
    ['a string', 'from slipway import step\nX = """\n@step\ndef a(): pass\n"""'],
  ])('are not %s', (_, text) => {
    expect(one(text)).toMatchObject({ steps: [], problems: [] })
  })

  it('have positional parameters as inputs and keyword-only ones as params', () => {
    const { steps } = pipelineOf({
      'pipeline.py': `from slipway import step
@step
def raw(): pass
@step
def table(): pass
@step(outputs=("train", "test"))
async def split(raw, /, table: "pd.DataFrame", *, test_size: float = 0.25, seed=7, tags: list[str] = ["a"]) -> tuple:
    """Cuts it.

    In two.
    """
    return raw, raw
`,
    })
    expect(steps[2]).toMatchObject({
      name: 'split',
      module: 'pipeline.py',
      inputs: ['raw', 'table'],
      outputs: ['train', 'test'],
      outputsDeclared: true,
      isAsync: true,
      description: 'Cuts it.\n\nIn two.',
      span: { line: 7, column: 1, endLine: 12, endColumn: 20 },
      params: [
        { name: 'test_size', default: 0.25, annotation: 'float', span: { line: 7, column: 51 } },
        { name: 'seed', default: 7, annotation: null },
        { name: 'tags', default: ['a'], annotation: 'list[str]' },
      ],
    })
    expect(steps[0]).toMatchObject({ outputs: ['raw'], outputsDeclared: false, isAsync: false, description: null })
  })

  it.each([
    ['a pair', 'outputs=("a", "b")', ['a', 'b']],
    ['a list', 'outputs=["a", "b"]', ['a', 'b']],
    ['one under another name', 'outputs=("other",)', ['other']],
    ['one text', 'outputs="other"', ['other']],
    ['none', 'outputs=()', []],
    ['a constant', 'outputs=NAMES', ['x', 'y']],
  ])('give %s', (_, argument, outputs) => {
    const { steps, problems } = one(`from slipway import step\nNAMES = ("x", "y")\n@step(${argument})\ndef f(): pass`)
    expect(problems).toEqual([])
    expect(steps[0]).toMatchObject({ outputs, outputsDeclared: true })
  })

  it.each([
    ['1', 1],
    ['-1.5e-3', -0.0015],
    ['+2', 2],
    ['1_000', 1000],
    ['0x1F', 31],
    ['1.', 1],
    ['True', true],
    ['None', null],
    ['"a\\n\\u00e9\\x41"', 'a\né' + 'A'],
    ["r'\\d'", '\\d'],
    ['\'a\' "b"', 'ab'],
    ['"""a\nb"""', 'a\nb'],
    ['("lbfgs")', 'lbfgs'],
    ['(1, 2)', [1, 2]],
    ['()', []],
    ['[1, [2, None]]', [1, [2, null]]],
    ['{"a": {"b": (1,)}}', { a: { b: [1] } }],
    ['SEED', 3],
    ['NESTED', { seed: 3 }],
    ['libconfig.DEPTH', 5],
    ['WIDTH', 8],
    ['"日本"', '日本'],
  ])('take the default %s', (written, value) => {
    const { steps, problems } = pipelineOf({
      'libconfig.py': 'DEPTH = 5\nWIDTH = 8\n',
      'pipeline.py': `import libconfig\nfrom libconfig import WIDTH\nfrom slipway import step\nSEED: int = 3\nNESTED = {"seed": SEED}\n@step\ndef f(*, p=${written}): pass`,
    })
    expect(problems).toEqual([])
    expect(steps[0]?.params[0]?.default).toEqual(value)
  })

  it.each([
    ['{1, 2}', /a set has no form/],
    ['lambda: 1', /function/],
    ['float("nan")', /result of a call/],
    ['np.pi', /np\.pi is not a constant/],
    ['b"x"', /bytes/],
    ['f"{x}"', /computed/],
    ['1j', /complex/],
    ['1e999', /larger than JSON/],
    ['2**70', /computed/],
    ['12345678901234567890', /2\^53/],
    ['{1: "a"}', /keys are not texts/],
    ['[*x]', /unpacks/],
    ['CHANGED', /CHANGED is not a constant/],
    ['LOOP', /refers to itself/],
    ['...', /\.\.\./],
  ])('refuse the default %s at its line', (written, message) => {
    const { steps, problems } = one(
      `from slipway import step\nimport numpy as np\nCHANGED = 1\nCHANGED = 2\nLOOP = LOOP\n@step\ndef f(\n    *,\n    p=${written},\n): pass`,
    )
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      kind: 'paramNotJson',
      severity: 'error',
      span: { module: 'pipeline.py', line: 9, column: 7 },
    })
    expect(problems[0]?.message).toMatch(message)
    expect(steps[0]).toMatchObject({ name: 'f', params: [] })
  })
})

describe('the graph', () => {
  it('joins steps across modules by artifact', () => {
    const { edges, problems, steps } = pipelineOf({
      'pipeline.py':
        'from slipway import step\n@step\ndef model(train, *, c=1): pass\n@step\ndef evaluation(model, test): pass\n@step\ndef notify(evaluation): pass',
      'steps/data/prepare.py':
        'import slipway as s\n@s.step\ndef raw(): pass\n@s.step(outputs=("train", "test"))\ndef split(raw): pass',
    })
    expect(problems).toEqual([])
    expect(steps.map((step) => [step.name, step.module])).toEqual([
      ['model', 'pipeline.py'],
      ['evaluation', 'pipeline.py'],
      ['notify', 'pipeline.py'],
      ['raw', 'steps/data/prepare.py'],
      ['split', 'steps/data/prepare.py'],
    ])
    expect(edges).toEqual([
      { from: 'split', to: 'model', artifact: 'train' },
      { from: 'model', to: 'evaluation', artifact: 'model' },
      { from: 'split', to: 'evaluation', artifact: 'test' },
      { from: 'evaluation', to: 'notify', artifact: 'evaluation' },
      { from: 'raw', to: 'split', artifact: 'raw' },
    ])
  })

  it('is empty, and sound, for a module without steps', () => {
    expect(one('import pandas\n')).toEqual({ steps: [], edges: [], problems: [] })
    expect(one('')).toEqual({ steps: [], edges: [], problems: [] })
  })

  it('says at both places that two steps have one name', () => {
    const text = 'from slipway import step\n@step\ndef a(): pass\n@step\ndef a(): pass'
    expect(problemsOf(text)).toEqual([
      ['duplicateStep', 3, 'Two steps are named "a"; the other is in pipeline.py, line 5.'],
      ['duplicateStep', 5, 'Two steps are named "a"; the other is in pipeline.py, line 3.'],
    ])
  })

  it('says at both places that two steps give one artifact', () => {
    const text = 'from slipway import step\n@step\ndef a(): pass\n@step(outputs=("a", "b"))\ndef c(): pass'
    expect(problemsOf(text)).toEqual([
      ['duplicateArtifact', 3, '"a" is given by two steps; the other is "c" in pipeline.py, line 5.'],
      ['duplicateArtifact', 5, '"a" is given by two steps; the other is "a" in pipeline.py, line 3.'],
    ])
  })

  it.each([
    ['a misspelt one', 'def b(traim): pass', /"b" takes "traim"/, /Did you mean "train"/],
    ['a step with declared outputs', 'def b(split): pass', /"split"/, /gives "train" and "test"/],
    ['one with a default', 'def b(threshold=0.5): pass', /"threshold"/, /after "\*"/],
  ])('names the nearest for an input that nobody gives: %s', (_, definition, message, remedy) => {
    const { problems } = one(
      `from slipway import step\n@step(outputs=("train", "test"))\ndef split(): pass\n@step\n${definition}`,
    )
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ kind: 'unknownInput', span: { line: 5 } })
    expect(problems[0]?.message).toMatch(message)
    expect(problems[0]?.remedy).toMatch(remedy)
  })

  it.each([
    ['of one', 'def a(a): pass', 'a → a'],
    ['of three', 'def a(c): pass\n@step\ndef b(a): pass\n@step\ndef c(b): pass', 'a → b → c → a'],
  ])('b50: prints a cycle %s', (_, text, printed) => {
    const problems = problemsOf(`from slipway import step\n@step\n${text}`)
    expect(problems).toEqual([['cycle', 3, `These steps need each other: ${printed}.`]])
  })

  it('says which module is missing, where slipway.toml names it', () => {
    const { problems } = pipelineOf({}, ['gone.py'])
    expect(problems).toMatchObject([{ kind: 'moduleMissing', span: { module: 'slipway.toml', line: 2 } }])
  })

  it.each([
    ['an unknown argument', '@step(memory="4 GB")\ndef f(): pass', /does not take memory/],
    ['a positional argument', '@step("f")\ndef f(): pass', /does not take "f"/],
    ['computed outputs', '@step(outputs=tuple("ab"))\ndef f(): pass', /cannot be read/],
    ['one output twice', '@step(outputs=("a", "a"))\ndef f(): pass', /names "a" twice/],
    ['an output no step could receive', '@step(outputs=("a b",))\ndef f(): pass', /cannot be the name/],
    ['a class', '@step\nclass F: pass', /class/],
    ['a nested function', 'def outer():\n    @step\n    def f(): pass', /inside another/],
    ['*args', '@step\ndef f(*args): pass', /\*args/],
    ['**kwargs', '@step\ndef f(**options): pass', /\*\*options/],
  ])('refuses %s', (_, text, message) => {
    const { problems } = one(`from slipway import step\n${text}`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ kind: 'badDecorator', severity: 'error' })
    expect(problems[0]?.message).toMatch(message)
  })

  it('says that the decorator was never imported, and still shows the step', () => {
    const { steps, problems } = one('@step\ndef f(): pass')
    expect(steps).toHaveLength(1)
    expect(problems).toMatchObject([
      { kind: 'badDecorator', span: { line: 1 }, remedy: expect.stringContaining('from slipway import step') },
    ])
  })

  it('says that a param needs a default', () => {
    expect(problemsOf('from slipway import step\n@step\ndef f(*, c): pass')).toEqual([
      ['paramNotJson', 3, 'The param "c" has no default.'],
    ])
  })

  it.each([
    ['an open bracket', 'def broken(:\n    pass\n', 4],
    ['a Python 2 print', 'print "hello"\n', 4],
    ['a stray word', 'x = = 2\n', 4],
    ['an unclosed call', 'value = f(1, 2\n', 4],
  ])('keeps the good parts beside a syntax error: %s', (_, broken, line) => {
    const { steps, edges, problems } = one(
      `from slipway import step\n@step\ndef a(): pass\n${broken}@step\ndef b(a): pass\n`,
    )
    expect(problems.some((problem) => problem.kind === 'syntax' && problem.span.line >= line)).toBe(true)
    expect(steps.map((step) => step.name)).toContain('a')
    if (steps.length === 2) expect(edges).toEqual([{ from: 'a', to: 'b', artifact: 'a' }])
  })

  it('b50: stands a chain of ten thousand steps', () => {
    const { steps, edges, problems } = one(chainOfSteps(10_000, '1'))
    expect([steps.length, edges.length, problems.length]).toEqual([10_000, 9_999, 0])
  })
})
