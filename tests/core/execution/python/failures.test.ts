import { describe, expect, it } from 'vitest'
import { pythonProject } from './python-project.ts'

const head = 'import os, sys\nfrom slipway import step\n'
const inStep = (body: string) => `${head}@step\ndef work():\n    ${body.split('\n').join('\n    ')}\n`

async function failureOf(files: Record<string, string>, options = {}) {
  const project = await pythonProject('bare', files)
  const run = await project.run('work', options)
  expect(run.done).toBe(false)
  return { ...run, failure: run.failure! }
}

describe('a step that fails', () => {
  it('says what was raised, where in the code of the project, and what caused it', async () => {
    const { failure, stderr } = await failureOf({
      'pipeline.py': `${head}import helper\n@step\ndef work():\n    try:\n        helper.read({})\n    except KeyError as error:\n        raise ValueError("no column") from error\n`,
      'helper.py': 'def read(row):\n    return row["año"]\n',
    })
    expect(failure).toMatchObject({ kind: 'exception', exceptionType: 'ValueError' })
    expect(failure.message).toBe("no column\ncaused by KeyError: key 'año' not found")
    expect(failure.frames.map(({ file, line, isUser }) => [file, line, isUser])).toEqual([
      ['pipeline.py', 7, true],
      ['helper.py', 2, true],
      ['pipeline.py', 9, true],
    ])
    expect(failure.frames[1]?.code).toBe('return row["año"]')
    expect(stderr).toContain('The above exception was the direct cause')
    expect(stderr).not.toContain('slipway/runner')
  })

  it('keeps no absolute path in its frames, also not of packages', async () => {
    const { failure } = await failureOf({ 'pipeline.py': inStep('import json\njson.loads("{")') })
    expect(failure.frames[0]).toMatchObject({ file: 'pipeline.py', isUser: true })
    expect(failure.frames.at(-1)).toMatchObject({ file: 'json/decoder.py', isUser: false })
  })

  it('says the line of a syntax error, also in a helper', async () => {
    const { failure } = await failureOf({ 'pipeline.py': `${head}import helper\n`, 'helper.py': 'x = 1\ny = (\n' })
    expect(failure).toMatchObject({ kind: 'exception', exceptionType: 'SyntaxError', message: "'(' was never closed" })
    expect(failure.frames.at(-1)).toMatchObject({ file: 'helper.py', line: 2, isUser: true })
    expect(failure.remedy).toContain('helper.py, line 2')
  })

  it('names the package of a missing import and where to add it', async () => {
    const { failure } = await failureOf({ 'pipeline.py': inStep('import sklearn.svm') })
    expect(failure.message).toBe("No module named 'sklearn'")
    expect(failure.remedy).toContain("Add scikit-learn to the project's requirements")
  })

  const remedies: readonly (readonly [string, string, string])[] = [
    ['a missing file', 'open("data/nowhere.csv")', 'relative to the project folder'],
    ['a file in another encoding', 'open("latin.csv", encoding="utf-8").read()', 'encoding="latin-1"'],
    ['endless recursion', 'def f(): f()\nf()', 'calls itself'],
    ['leaving by sys.exit', 'sys.exit(4)', 'Return from the function'],
  ]
  for (const [what, body, remedy] of remedies) {
    it(`says what to do about ${what}`, async () => {
      const before = `${head}open("latin.csv", "wb").write(b"a\\xf1o")\n`
      const { failure } = await failureOf({ 'pipeline.py': before + inStep(body) })
      expect(failure.remedy).toContain(remedy)
      expect(failure.frames.findLast(({ isUser }) => isUser)?.file).toBe('pipeline.py')
    })
  }

  it('keeps endless tracebacks short', async () => {
    const { failure } = await failureOf({ 'pipeline.py': inStep('def f(n): return f(n + 1)\nf(0)') })
    expect(failure.frames.length).toBeLessThanOrEqual(60)
  })

  it('tells exits and interrupts from exceptions', async () => {
    const exit = await failureOf({ 'pipeline.py': inStep('sys.exit(0)') })
    expect([exit.failure.kind, exit.exitCode]).toEqual(['exited', 0])
    const hard = await failureOf({ 'pipeline.py': inStep('os._exit(5)') })
    expect([hard.failure.kind, hard.exitCode, hard.failure.message]).toEqual([
      'exited',
      5,
      'The step left with os._exit(5) before it returned.',
    ])
    const interrupt = await failureOf({ 'pipeline.py': inStep('import signal\nos.kill(os.getpid(), signal.SIGINT)') })
    expect([interrupt.failure.kind, interrupt.exitCode]).toEqual(['killed', 130])
    const memory = await failureOf({ 'pipeline.py': inStep('raise MemoryError()') })
    expect(memory.failure.kind).toBe('outOfMemory')
  })

  it('tells module code that fails before the step', async () => {
    const { failure } = await failureOf({ 'pipeline.py': `${head}raise RuntimeError("at import")\n` })
    expect(failure).toMatchObject({ message: 'at import', frames: [{ file: 'pipeline.py', function: '<module>' }] })
  })

  it('shows the members of an exception group and survives exceptions that cannot be printed', async () => {
    const odd = `class Odd(Exception):\n    def __str__(self): raise TypeError\nraise Odd()`
    expect((await failureOf({ 'pipeline.py': inStep(odd) })).failure.message).toContain('its own message raised')
    const group = 'raise ExceptionGroup("several", [ValueError("one"), KeyError("two")])'
    const { failure } = await failureOf({ 'pipeline.py': inStep(group) })
    expect(failure.message).toContain('ValueError: one')
  })

  it('says what came when the number or the names of outputs differ', async () => {
    const promised = { outputs: ['train', 'test'] }
    const cases = [
      ['return (1, 2, 3)', 'a tuple of 3 (int, int, int)'],
      ['return {"train": 1, "tset": 2}', 'a dict with the keys train, tset'],
      ['return 7', 'one int'],
      ['pass', 'nothing (None)'],
    ] as const
    for (const [body, came] of cases) {
      const { failure } = await failureOf({ 'pipeline.py': inStep(body) }, promised)
      expect(failure.kind).toBe('output')
      expect(failure.message).toBe(`Step work promises 2 outputs (train, test) but returned ${came}.`)
    }
  })

  it('names the output that cannot be stored, its type and what to return instead', async () => {
    const { failure } = await failureOf({ 'pipeline.py': inStep('return (n for n in [1])') })
    expect(failure).toMatchObject({ kind: 'output', exceptionType: null })
    expect(failure.message).toContain('Output work of step work: a generator cannot be stored')
    expect(failure.remedy).toBe('Return a list of its items.')
  })

  it('names the input that does not load, and the package that it needs', async () => {
    const files = {
      'pipeline.py': `${head}import other\n@step\ndef work(x): return 1\n@step\ndef make(): return other.T()\n`,
    }
    const maker = await pythonProject('bare', { ...files, 'other.py': 'class T: pass\n' })
    const { outputs } = await maker.run('make')
    const user = await pythonProject('bare', { ...files, 'other.py': '' })
    const { failure } = await user.run('work', { inputs: { x: outputs.make! } })
    expect(failure?.kind).toBe('input')
    expect(failure?.message).toContain('Input x (other.T) could not be loaded')
  })
})
