import { existsSync, readFileSync, renameSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import { findStepProcesses } from '../../../core/execution/process-tree.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const head = 'from slipway import step\n\n'
const good = `${head}@step\ndef fine():\n    return 1\n`

/** The failure of starting a run, which leaves no run behind; and the project goes on. */
async function refusal(
  pipeline: string,
  request: Parameters<Awaited<ReturnType<typeof openExecution>>['run']>[0] = {},
) {
  const { run, plan, queries, write } = await openExecution({ 'pipeline.py': pipeline })
  const error = await run(request).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isFailure(error)) throw new Error(`not refused in our words: ${error}`)
  await expect(plan(request)).rejects.toMatchObject({ code: error.code })
  expect(queries.list({}).total).toBe(0)
  write('pipeline.py', good)
  expect((await run()).states).toEqual({ fine: 'completed' })
  return error
}

describe('a pipeline that cannot run', () => {
  const cases: readonly [string, string, string][] = [
    ['a syntax error', `${head}@step\ndef broken(:\n    return 1\n`, 'pipeline.py, line 4'],
    ['a cycle', `${head}@step\ndef a(b):\n    return b\n\n@step\ndef b(a):\n    return a\n`, 'a'],
    [
      'two steps that give one name',
      `${head}@step(outputs=("x",))\ndef a():\n    return 1\n\n@step(outputs=("x",))\ndef b():\n    return 2\n`,
      '"x"',
    ],
    ['an input that nobody gives', `${head}@step\ndef a(nothing):\n    return nothing\n`, 'nothing'],
    ['a param whose default is not JSON', `${head}@step\ndef a(*, when=print):\n    return 1\n`, 'when'],
  ]
  for (const [what, pipeline, word] of cases)
    it(`is refused for ${what}, at its line, and nothing runs`, async () => {
      const error = await refusal(pipeline)
      expect(error.code).toBe('project/pipelineBroken')
      expect(error.message).toMatch(/^pipeline\.py, line \d+: /)
      expect(error.message).toContain(word)
    })

  it('is refused for a step or a param that does not exist, with the nearest name', async () => {
    expect(await refusal(good, { steps: ['fin'] })).toMatchObject({
      code: 'project/stepUnknown',
      details: { nearest: 'fine' },
    })
    expect(
      await refusal(`${head}@step\ndef a(*, rate: float = 1.0):\n    return rate\n`, { params: { 'a.rat': 1 } }),
    ).toMatchObject({
      code: 'execution/paramUnknown',
      details: { nearest: 'a.rate' },
    })
  })
})

describe('a param', () => {
  const pipeline = `${head}@step\ndef a(*, on: bool = True, n: int | None = 1, rate: float = 1.0, name: str = "x", free=1):\n    return [on, n, rate, name, free]\n`
  const unfit = [
    ['on', 'False', '"False" is not true or false'],
    ['on', 0, '0 is not true or false'],
    ['n', 2.5, '2.5 is not a whole number'],
    ['rate', 'high', '"high" is not a number'],
  ] as const
  for (const [name, value, words] of unfit)
    it(`that is declared otherwise is refused: ${name} = ${value}`, async () => {
      const error = await refusal(pipeline, { params: { [`a.${name}`]: value } })
      expect(error.code).toBe('execution/paramUnfit')
      expect(error.message).toBe(`${words}, as the pipeline declares "a.${name}".`)
    })

  it('takes what fits, and anything where nothing is declared or a text is', async () => {
    const { run } = await openExecution({ 'pipeline.py': pipeline })
    const params = { 'a.on': false, 'a.n': null, 'a.rate': 2, 'a.name': 3, 'a.free': 'any' }
    expect((await run({ params })).states).toEqual({ a: 'completed' })
  })
})

/** A step that ends badly, beside one that is fine; then the first is mended. */
async function failing(body: string, options: { imports?: string; toml?: string } = {}) {
  const lines = body.split('\n').map((line) => `    ${line}\n`)
  const bad = `${options.imports ?? ''}\n${good}\n@step\ndef bad():\n${lines.join('')}`
  const opened = await openExecution({
    'pipeline.py': bad,
    ...(options.toml ? { 'slipway.toml': `name = "t"\npipeline = ["pipeline.py"]\n${options.toml}` } : {}),
  })
  const first = await opened.run()
  expect(first.states).toEqual({ fine: 'completed', bad: 'failed' })
  const step = first.steps.find((each) => each.step === 'bad')
  const failure = step && 'failure' in step ? step.failure : null
  expect(failure?.remedy.length).toBeGreaterThan(10)
  opened.write('pipeline.py', `${good}\n@step\ndef bad():\n    return 2\n`)
  expect((await opened.run()).states).toEqual({ fine: 'cached', bad: 'completed' })
  expect(opened.database.findDamage()).toEqual([])
  return { ...opened, first, failure, stepRunId: step?.id as string }
}

describe('a step that ends badly', () => {
  it('says which package is missing and where it is added', async () => {
    const { failure } = await failing('import seaborn_not_here\nreturn 1')
    expect(failure).toMatchObject({ kind: 'exception', exceptionType: 'ModuleNotFoundError' })
    expect(failure?.remedy).toContain('requirements')
  })

  it('says that it left by os._exit', async () => {
    const { failure } = await failing('os._exit(7)', { imports: 'import os' })
    expect(failure).toMatchObject({ kind: 'exited', exitCode: 7 })
    expect(failure?.message).toContain('os._exit(7)')
  })

  it('f17-says-out-of-memory-with-the-limit', async () => {
    const { failure } = await failing('held = []\nwhile True:\n    held.append(bytearray(10_000_000))', {
      toml: '[steps.bad]\nmemory = "200 MB"\n',
    })
    expect(failure?.kind).toBe('outOfMemory')
    expect(failure?.message).toContain('200 MB')
  })

  it('names the time limit', async () => {
    const { failure } = await failing('time.sleep(600)', {
      imports: 'import time',
      toml: '[steps.bad]\ntime = "1 s"\n',
    })
    expect(failure?.kind).toBe('timeLimit')
  })

  it('says that a value cannot be stored and what to return instead', async () => {
    const { failure } = await failing('return (n for n in range(3))')
    expect(failure?.kind).toBe('output')
  })

  it('f13-leaves-no-daemon-behind-when-it-fails', async () => {
    const body =
      'if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)\nraise ValueError("no")'
    const { stepRunId } = await failing(body, { imports: 'import os, time' })
    expect(findStepProcesses(stepRunId, null)).toEqual([])
  })

  it('f16-keeps-the-output-of-a-noisy-step-and-goes-on', async () => {
    const noisy =
      'for i in range(300_000): print("x" * 99)\nsys.stdout.buffer.write(b"\\xff\\xfe bad utf-8 \\r\\r")\nraise ValueError("at last")'
    const { failure, queries, first } = await failing(noisy, { imports: 'import sys' })
    expect(failure?.message).toBe('at last')
    expect(await queries.log(first.run.id, 'bad')).toMatchObject({ truncated: true })
  })

  it('says that a CSV cannot be read, with the line of the code', async () => {
    const code =
      'import csv\nfrom slipway import step\n\n@step\ndef table():\n    return list(csv.reader(open("data.csv", encoding="utf-8")))\n'
    const { run, write, folder } = await openExecution({ 'pipeline.py': code, 'data.csv': '' })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${folder}/data.csv`, Buffer.from([0x61, 0xff, 0xfe, 0x2c, 0x62]))
    const { steps } = await run()
    expect(steps[0]).toMatchObject({
      state: 'failed',
      failure: { exceptionType: 'UnicodeDecodeError', remedy: expect.stringContaining('encoding') },
    })
    write('data.csv', 'a,b\n')
    expect((await run()).states).toEqual({ table: 'completed' })
    expect(readFileSync(`${folder}/data.csv`, 'utf8')).toBe('a,b\n')
  })
})

describe('a project that may not run', () => {
  it('b37-runs-nothing-of-a-project-that-is-not-trusted-and-plans-it-all-the-same', async () => {
    const canary = 'from pathlib import Path\nPath("canary").write_text("ran")\n'
    const { run, plan, queries, folder } = await openExecution({ 'pipeline.py': canary + good }, { trusted: false })
    await expect(run()).rejects.toMatchObject({ code: 'project/notTrusted' })
    expect((await plan()).steps).toMatchObject([{ step: 'fine', state: 'new' }])
    expect(queries.list({}).total).toBe(0)
    expect(existsSync(`${folder}/canary`)).toBe(false)
  })

  it('b49-runs-steps-beside-modules-named-like-those-of-python', async () => {
    const planted = 'raise RuntimeError("planted")\n'
    const names = ['json.py', 'os.py', 'struct.py', 'threading.py', 'sitecustomize.py']
    const { run } = await openExecution({ 'pipeline.py': good, ...Object.fromEntries(names.map((n) => [n, planted])) })
    expect((await run()).states).toEqual({ fine: 'completed' })
  })

  it('says that the folder is gone, and makes nothing in its place', async () => {
    const { run, folder } = await openExecution({ 'pipeline.py': good })
    await run()
    renameSync(folder, `${folder}-moved`)
    await expect(run()).rejects.toMatchObject({ code: 'project/folderGone' })
    expect(existsSync(folder)).toBe(false)
  })

  it('f12-ends-a-run-whose-folder-is-moved-away-and-re-creates-nothing', async () => {
    const slow = `import time\n${head}@step\ndef slow():\n    print("at work", flush=True)\n    time.sleep(3)\n    return 1\n`
    const { execution, recorder, folder, database } = await openExecution({ 'pipeline.py': slow })
    recorder.watch((event) => event.kind === 'log' && existsSync(folder) && renameSync(folder, `${folder}-moved`))
    const { done } = await execution.start(
      { steps: [], params: {} },
      { report: () => undefined, signal: new AbortController().signal },
    )
    const ended = await done.catch((error: unknown) => error)
    expect(ended).toMatchObject(isFailure(ended) ? {} : { state: 'failed' })
    expect(existsSync(folder)).toBe(false)
    database.close()
  })
})
