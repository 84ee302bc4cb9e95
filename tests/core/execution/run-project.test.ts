import { readFileSync, writeFileSync } from 'node:fs'
import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const pipeline = `
import json
from slipway import step, log_metric, log_param
from shapes import scale

@step
def raw(*, path: str = "data/numbers.json"):
    with open(path) as file:
        return json.load(file)

@step(outputs=("small", "large"))
def split(raw, *, at: int = 3):
    return [n for n in raw if n < at], [n for n in raw if n >= at]

@step
def model(small, *, factor: float = 2.0):
    for i in range(3):
        log_metric("loss", 1 / (i + 1), iteration=i)
    log_param("chosen", 7)
    return {"sum": scale(sum(small), factor)}

@step
def evaluation(model, large):
    return {"score": model["sum"] / len(large), "count": len(large)}
`
const shapes = `
def scale(value, factor):
    return value * factor

def unused():
    return 1
`
const files = { 'pipeline.py': pipeline, 'shapes.py': shapes, 'data/numbers.json': '[1, 2, 3, 4, 5]' }
const allCached = { raw: 'cached', split: 'cached', model: 'cached', evaluation: 'cached' }

describe('a run', () => {
  it('runs every step, keeps what it gave, and reuses all of it the next time', async () => {
    const { run, events, plan, queries } = await openExecution(files)
    const first = await run()
    expect(first.run.failure).toBeNull()
    expect(first.states).toEqual({ raw: 'completed', split: 'completed', model: 'completed', evaluation: 'completed' })
    expect(first.run).toMatchObject({
      state: 'completed',
      params: { 'raw.path': 'data/numbers.json', 'split.at': 3, 'model.factor': 2 },
      metrics: { 'evaluation.score': 2, 'evaluation.count': 3, 'model.sum': 6, 'model.loss': 1 / 3 },
    })
    expect(events.filter((event) => event.kind === 'artifact')).toHaveLength(5)

    expect((await plan()).steps.map(({ state }) => state)).toEqual(['cached', 'cached', 'cached', 'cached'])
    const second = await run()
    expect(second.states).toEqual(allCached)
    expect(second.run.metrics).toEqual(first.run.metrics)
    expect(second.run.params).toEqual(first.run.params)
    expect(second.run.params['model.chosen']).toBe(7)
    expect(queries.history(second.run.id, 'model.loss').map(({ value }) => value)).toEqual([1, 1 / 2, 1 / 3])
    expect(second.artifacts.map(({ name, descriptor }) => [name, descriptor.digest])).toEqual(
      first.artifacts.map(({ name, descriptor }) => [name, descriptor.digest]),
    )
  })

  it('reruns what one param reaches, and nothing else', async () => {
    const { run, plan } = await openExecution(files)
    await run()
    const planned = await plan({ params: { 'model.factor': 3 } })
    expect(planned.steps.map(({ step, state }) => [step, state])).toEqual([
      ['raw', 'cached'],
      ['split', 'cached'],
      ['model', 'stale'],
      ['evaluation', 'stale'],
    ])
    expect(planned.steps[2]?.reasons).toEqual([{ kind: 'param', name: 'factor', from: '2', to: '3' }])
    const changed = await run({ params: { 'model.factor': 3 } })
    expect(changed.states).toEqual({ raw: 'cached', split: 'cached', model: 'completed', evaluation: 'completed' })
    expect(changed.run.metrics['evaluation.score']).toBe(3)
  })

  it('finds an earlier result again when a param goes back', async () => {
    const { run } = await openExecution(files)
    await run()
    await run({ params: { 'model.factor': 3 } })
    expect((await run()).states).toEqual(allCached)
  })

  it('reruns nothing for a comment, formatting, or a function that no step reaches', async () => {
    const { run, write } = await openExecution(files)
    await run()
    write(
      'pipeline.py',
      pipeline.replace('@step\ndef model', '# the model\n@step\ndef model').replace('/ (i + 1)', '/(i+1)'),
    )
    write('shapes.py', shapes.replace('return 1', 'return 2'))
    expect((await run()).states).toEqual(allCached)
  })

  it('reruns the users of a changed helper, and shows what changed in it', async () => {
    const { run, plan, write } = await openExecution(files)
    await run()
    write('shapes.py', shapes.replace('value * factor', 'value * factor + 1'))
    const reason = (await plan()).steps.find(({ step }) => step === 'model')?.reasons[0]
    expect(reason).toMatchObject({ kind: 'source', name: 'model' })
    expect(reason?.diff).toContain('-    return value * factor\n+    return value * factor + 1')
    expect((await run()).states).toMatchObject({ raw: 'cached', split: 'cached', model: 'completed' })
  })

  it('leaves consumers cached when a step that ran again gave the same', async () => {
    const { run, plan, write } = await openExecution(files)
    await run()
    write('data/numbers.json', '[1,2,3,4,5]')
    const planned = await plan()
    expect(planned.steps.map(({ state }) => state)).toEqual(['stale', 'stale', 'stale', 'stale'])
    expect(planned.steps[0]?.reasons).toMatchObject([{ kind: 'file', name: 'data/numbers.json' }])
    expect(planned.steps[1]?.reasons).toMatchObject([{ kind: 'input', name: 'raw', to: 'may change: raw runs' }])
    expect((await run()).states).toEqual({ ...allCached, raw: 'completed' })
  })

  it('runs only the steps asked for, with what they need', async () => {
    const { run } = await openExecution(files)
    expect((await run({ steps: ['split'] })).states).toEqual({ raw: 'completed', split: 'completed' })
  })

  it('runs everything when the cache is refused, and says so', async () => {
    const { run } = await openExecution(files)
    await run()
    const again = await run({ noCache: true, steps: ['raw'] })
    expect(again.states).toEqual({ raw: 'completed' })
    expect(again.steps[0]?.reasons).toMatchObject([{ kind: 'forced' }])
  })

  it('gives cached steps their lineage: no holes', async () => {
    const { run, lineage } = await openExecution(files)
    await run()
    const second = await run()
    const evaluation = second.artifacts.find(({ name }) => name === 'evaluation')
    const graph = lineage.walk(evaluation?.descriptor.digest as Digest, 'up', { runId: second.run.id })
    expect(graph.nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['file data/numbers.json', 'source pipeline.py', 'source shapes.py', 'artifact raw']),
    )
    const own = new Set(second.steps.map(({ id }) => `stepRun:${id}`))
    expect(graph.nodes.filter(({ id }) => own.has(id))).toHaveLength(4)
  })

  it('is stale by the package whose version changed', async () => {
    const { run, plan, changeLock } = await openExecution(files)
    await run()
    changeLock('1.2.3')
    expect((await plan()).steps[0]?.reasons).toMatchObject([{ kind: 'package', name: 'numpy', to: '1.2.3' }])
  })

  it('never reuses a step that slipway.toml says not to', async () => {
    const toml = 'name = "test"\npipeline = ["pipeline.py"]\n[steps.raw]\ncache = false\n'
    const { run } = await openExecution({ ...files, 'slipway.toml': toml })
    await run()
    expect((await run()).states).toEqual({ ...allCached, raw: 'completed' })
  })

  it('passes declared variables to a step, and reruns it when they change', async () => {
    const code = 'import os\nfrom slipway import step\n\n@step\ndef mode():\n    return os.environ["MODE"]\n'
    const toml = (mode: string) =>
      `name = "test"\npipeline = ["pipeline.py"]\n[steps.mode]\nenvironment = { MODE = "${mode}" }\n`
    const { run, write, plan } = await openExecution({ 'pipeline.py': code, 'slipway.toml': toml('fast') })
    expect((await run()).states).toEqual({ mode: 'completed' })
    expect((await run()).states).toEqual({ mode: 'cached' })
    write('slipway.toml', toml('slow'))
    expect((await plan()).steps[0]?.reasons).toMatchObject([{ kind: 'environmentVariable', name: 'MODE' }])
  })

  it('makes a stored value anew when its bytes are gone or hurt', async () => {
    const { run, store } = await openExecution(files)
    const first = await run()
    const small = first.artifacts.find(({ name }) => name === 'small')?.descriptor.digest as Digest
    await rm(store.pathOf(small))
    expect((await run()).states).toEqual({ ...allCached, split: 'completed' })

    await chmod(store.pathOf(small), 0o600)
    writeFileSync(store.pathOf(small), readFileSync(store.pathOf(small), 'utf8').replace('1', '7'))
    const third = await run({ params: { 'model.factor': 5 } })
    expect(third.states).toMatchObject({ split: 'completed', model: 'completed' })
    expect(third.run.metrics['model.sum']).toBe(15)
  })

  it('gives each step run inputs of its own: writing into one reaches nobody else', async () => {
    const code = `
from pathlib import Path
from slipway import step

@step
def text():
    Path("made.txt").write_text("original")
    return Path("made.txt")

@step
def vandal(text):
    text.write_text("changed")
    return text.read_text()

@step
def reader(text, vandal):
    return text.read_text()
`
    const { run, store } = await openExecution({ 'pipeline.py': code })
    const { artifacts, states } = await run()
    expect(states).toEqual({ text: 'completed', vandal: 'completed', reader: 'completed' })
    const digest = artifacts.find(({ name }) => name === 'reader')?.descriptor.digest as Digest
    expect(await store.readText(digest)).toContain('original')
  })

  it('skips what depends on a failed step, finishes the rest, and says what to do', async () => {
    const code = `
from slipway import step

@step
def good():
    return 1

@step
def bad():
    raise ValueError("no rows left")

@step
def after(bad):
    return bad

@step
def other(good):
    return good
`
    const { run, queries } = await openExecution({ 'pipeline.py': code })
    const { states, run: record, steps } = await run()
    expect(states).toEqual({ good: 'completed', bad: 'failed', after: 'skipped', other: 'completed' })
    expect(record).toMatchObject({ state: 'failed', failure: { code: 'execution/stepFailed', exitCode: 1 } })
    expect(record.failure?.message).toBe('Step "bad" failed: ValueError: no rows left')
    const bad = steps.find(({ step }) => step === 'bad')
    expect(bad).toMatchObject({ failure: { exceptionType: 'ValueError', frames: [{ file: 'pipeline.py', line: 10 }] } })
    expect((await queries.log(record.id, 'bad')).text).toContain('ValueError: no rows left')
  })

  it('says which step returned nothing when its value is needed', async () => {
    const code =
      'from slipway import step\n\n@step\ndef empty():\n    pass\n\n@step\ndef full(empty):\n    return empty\n'
    const { run } = await openExecution({ 'pipeline.py': code })
    const { states, run: record } = await run()
    expect(states).toEqual({ empty: 'completed', full: 'failed' })
    expect(record.failure?.message).toContain('step "empty" returned nothing')
  })

  it('runs independent steps at the same time', async () => {
    const body = '    start = time.time()\n    time.sleep(1.5)\n    return {"start": start, "end": time.time()}\n'
    const steps = ['a', 'b'].map((name) => `@step\ndef ${name}():\n${body}`)
    const code = `import time\nfrom slipway import step\n\n${steps.join('\n')}`
    const { run } = await openExecution({ 'pipeline.py': code }, { cpus: 2 })
    const { metrics } = (await run()).run
    expect(Number(metrics['a.start'])).toBeLessThan(Number(metrics['b.end']))
    expect(Number(metrics['b.start'])).toBeLessThan(Number(metrics['a.end']))
  })

  it('cancels at any moment and keeps what is complete', async () => {
    const code = `
import time
from slipway import step

@step
def quick():
    return 1

@step
def slow(quick):
    print("waiting", flush=True)
    time.sleep(600)

@step
def never(slow):
    return 1
`
    const { run, recorder, queries } = await openExecution({ 'pipeline.py': code })
    const cancel = new AbortController()
    recorder.watch((event) => event.kind === 'log' && cancel.abort())
    const { states, run: record } = await run({}, cancel.signal)
    expect(states).toEqual({ quick: 'completed', slow: 'canceled', never: 'skipped' })
    expect(record).toMatchObject({ state: 'canceled', failure: { code: 'execution/canceled', exitCode: 130 } })
    expect((await queries.log(record.id, 'slow')).text).toContain('waiting\n')
    expect((await run({ steps: ['quick'] })).states).toEqual({ quick: 'cached' })
  })

  it('runs one run at a time and lets others wait', async () => {
    const { execution, queries } = await openExecution(files)
    const options = { report: () => undefined, signal: new AbortController().signal }
    const runs = await Promise.all(
      [1, 2, 3].map((factor) => execution.start({ steps: [], params: { 'model.factor': factor } }, options)),
    )
    await Promise.all(runs.map(({ done }) => done))
    const details = runs.map(({ runId }) => queries.get(runId))
    expect(details.map(({ run }) => run.state)).toEqual(['completed', 'completed', 'completed'])
    expect(details.map(({ run }) => run.cachedSteps).sort()).toEqual([0, 2, 2])
  })

  it('cancels a run that waits for its turn, without waiting', async () => {
    const code = 'import time\nfrom slipway import step\n\n@step\ndef slow():\n    time.sleep(600)\n'
    const { execution } = await openExecution({ 'pipeline.py': code })
    const [first, second] = [new AbortController(), new AbortController()]
    const start = (signal: AbortSignal) =>
      execution.start({ steps: [], params: {} }, { report: () => undefined, signal })
    const running = await start(first.signal)
    const waiting = await start(second.signal)
    second.abort()
    expect(await waiting.done).toMatchObject({ state: 'canceled', failure: { code: 'execution/canceled' } })
    first.abort()
    expect(await running.done).toMatchObject({ state: 'canceled' })
  })

  it('takes many metrics at once, every one of them', async () => {
    const code =
      'from slipway import step, log_metric\n\n@step\ndef many():\n    for i in range(20_000): log_metric("loss", i / 2, iteration=i)\n'
    const { run, queries } = await openExecution({ 'pipeline.py': code })
    const { run: record } = await run()
    const history = queries.history(record.id, 'many.loss')
    expect(history.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 20_000 }, (_, i) => i))
    expect(record.metrics['many.loss']).toBe(19_999 / 2)
  })

  it('records the code that ran when a step was edited while another was running', async () => {
    const slow =
      'import time\nfrom slipway import step\n\n@step\ndef slow():\n    print("on", flush=True)\n    time.sleep(1)\n    return 1\n'
    const later = (value: number) => `\n@step\ndef later(slow):\n    return ${value}\n`
    const { run, write, recorder, store } = await openExecution({ 'pipeline.py': slow + later(1) })
    recorder.watch((event) => event.kind === 'log' && write('pipeline.py', slow + later(2)))
    const { artifacts } = await run()
    const digest = artifacts.find(({ name }) => name === 'later')?.descriptor.digest as Digest
    expect(await store.readText(digest)).toBe('2')
    // The edit was to another step's code, so what ran is known and can be used again.
    expect((await run()).states).toEqual({ slow: 'cached', later: 'cached' })
  })

  it('keeps a result under the code that gave it, though that was edited while it ran', async () => {
    const code = (value: number) =>
      `import time\nfrom slipway import step\n\n@step\ndef slow():\n    print("on", flush=True)\n    time.sleep(1)\n    return ${value}\n`
    const { run, write, recorder, store } = await openExecution({ 'pipeline.py': code(1) })
    const stop = recorder.watch((event) => event.kind === 'log' && write('pipeline.py', code(2)))
    const digestOf = ({ artifacts }: Awaited<ReturnType<typeof run>>) => artifacts[0]?.descriptor.digest as Digest
    expect(await store.readText(digestOf(await run()))).toBe('1')
    stop()
    expect(await store.readText(digestOf(await run()))).toBe('2')
    write('pipeline.py', code(1))
    const third = await run()
    expect(third.states).toEqual({ slow: 'cached' })
    expect(await store.readText(digestOf(third))).toBe('1')
  })

  it('never reuses a result whose data was changed while it ran', async () => {
    const code =
      'import time\nfrom slipway import step\n\n@step\ndef slow():\n    text = open("data.txt").read()\n    print("read", flush=True)\n    time.sleep(1)\n    return text\n'
    const { run, write, recorder, store } = await openExecution({ 'pipeline.py': code, 'data.txt': 'old' })
    const stop = recorder.watch((event) => event.kind === 'log' && write('data.txt', 'new'))
    await run()
    stop()
    const second = await run()
    expect(second.states).toEqual({ slow: 'completed' })
    expect(await store.readText(second.artifacts[0]?.descriptor.digest as Digest)).toContain('new')
    expect((await run()).states).toEqual({ slow: 'cached' })
  })

  it('runs what was just written, however soon after the last run', async () => {
    const code = (value: number) =>
      `from slipway import step\nfrom other import value\n\n@step\ndef fast():\n    return ${value} + value()\n`
    const other = (value: number) => `def value():\n    return ${value}\n`
    const { run, write, store, folder } = await openExecution({ 'pipeline.py': code(0), 'other.py': other(0) })
    for (const value of [1, 2, 3, 4, 5, 6]) {
      write('pipeline.py', code(value))
      write('other.py', other(value))
      const { artifacts } = await run()
      expect(await store.readText(artifacts[0]?.descriptor.digest as Digest)).toBe(String(2 * value))
    }
    expect(await readdir(folder)).not.toContain('__pycache__')
  })

  it('leaves nothing behind: no staging, no log, no journal', async () => {
    const { run, slipwayFolder } = await openExecution(files)
    await run()
    expect(await readdir(join(slipwayFolder, 'tmp'))).toEqual([])
    expect(await readdir(join(slipwayFolder, 'logs'))).toEqual([])
    expect(await readdir(join(slipwayFolder, 'processes'))).toEqual([])
  })
})
