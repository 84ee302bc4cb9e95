import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

/** Kills itself as nothing else can be caught: when a file to be recorded is opened, or after so many metrics, or in time. */
const code = `import os, signal, sys, threading
from slipway import step, log_artifact, log_metric

def die():
    os.kill(os.getpid(), signal.SIGKILL)

@step
def recorded(*, file: int = 0, metric: int = 0, afterMs: float = 0, count: int = 40):
    opened = 0
    def hook(event, arguments):
        nonlocal opened
        if event == "open" and isinstance(arguments[1], str) and "w" in arguments[1] and "outputs" in str(arguments[0]):
            opened += 1
            if opened == file: die()
    sys.addaudithook(hook)
    if afterMs: threading.Timer(afterMs / 1000, die).start()
    for index in range(count):
        log_artifact(os.urandom(300_000), f"blob-{index}")
        for point in range(200):
            log_metric("a", index * 200 + point, iteration=index * 200 + point)
            log_metric("b", index * 200 + point, iteration=index * 200 + point)
            if metric and index * 200 + point == metric: die()
    return {"done": 1}
`

describe('f03 a step that is killed while it records', () => {
  it('f03 leaves no artifact to be seen, metrics whole up to a point, a sound store, and nothing unfinished', async () => {
    const { run, queries, store, database, slipwayFolder } = await openExecution({ 'pipeline.py': code })
    const kills: readonly Readonly<Record<string, number>>[] = [
      { 'recorded.file': 1 },
      { 'recorded.file': 7 },
      { 'recorded.metric': 1 },
      { 'recorded.metric': 777 },
      { 'recorded.metric': 3_210 },
      { 'recorded.afterMs': 3 },
      { 'recorded.afterMs': 20 },
      { 'recorded.afterMs': 55 },
    ]
    for (const params of kills) {
      const end = await run({ params: { ...params, 'recorded.count': 200 } })
      expect(end.steps[0], JSON.stringify(params)).toMatchObject({ state: 'failed', failure: { kind: 'killed' } })
      expect(end.artifacts).toEqual([])
      const values = (key: string) =>
        key in end.run.metrics ? queries.history(end.run.id, key).map(({ value }) => value) : []
      const [a, b] = [values('recorded.a'), values('recorded.b')]
      expect(a).toEqual(Array.from(a, (_, at) => at))
      expect(b).toEqual(Array.from(b, (_, at) => at))
      expect(a.length - b.length === 0 || a.length - b.length === 1).toBe(true)
    }
    expect(database.prepare('SELECT name FROM artifact').all()).toEqual([])
    expect((await store.verifyAll()).damage).toEqual([])
    expect(readdirSync(join(slipwayFolder, 'tmp')).filter((name) => name.startsWith('step'))).toEqual([])

    const whole = await run({ params: { 'recorded.count': 3 } })
    expect(whole.run.failure).toBeNull()
    expect(whole.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['blob-0', 'blob-1', 'blob-2', 'recorded']),
    )
    expect(queries.history(whole.run.id, 'recorded.b')).toHaveLength(600)
  }, 180_000)
})
