import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openExecution } from './open-execution.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

const pipeline = `
import os
from slipway import step
from helpers import double

@step
def reads():
    names = sorted(os.listdir("data"))
    texts = [open("data/a.txt").read(), open("linked.txt").read()]
    return [names, texts, os.environ.get("CUDA_VISIBLE_DEVICES"), double(2)]

@step
def writes(reads):
    with open("report.txt", "w") as file:
        file.write("made")
    return len(reads)

@step
def apart(*, n=1):
    return n
`
const files = {
  'pipeline.py': pipeline,
  'helpers/__init__.py': 'def double(n):\n    return 2 * n\n',
  'data/a.txt': 'aaa',
  'other.txt': 'old',
  'another.txt': 'new',
}

let at: Awaited<ReturnType<typeof openExecution>>
const path = (name: string) => join(at.folder, name)
const staleSteps = async () => (await at.plan()).steps.filter(({ state }) => state !== 'cached').map(({ step }) => step)

/** Longer than stamps are taken for young, so that everything is remembered and nothing is read anew. */
async function settle(): Promise<void> {
  await sleep(2_100)
  await at.plan()
  await at.plan()
}

type Change = {
  readonly what: string
  readonly change: () => void
  readonly back: () => void
  readonly stale: readonly string[]
}
let kept = { text: '', mtime: new Date() }

const changes: readonly Change[] = [
  {
    what: 'other bytes of the same size, with the old time given back',
    change() {
      kept = { text: readFileSync(path('data/a.txt'), 'utf8'), mtime: statSync(path('data/a.txt')).mtime }
      writeFileSync(path('data/a.txt'), 'bbb')
      utimesSync(path('data/a.txt'), kept.mtime, kept.mtime)
    },
    back: () => writeFileSync(path('data/a.txt'), kept.text),
    stale: ['reads', 'writes'],
  },
  {
    what: 'a link that leads elsewhere',
    change: () => relink('another.txt'),
    back: () => relink('other.txt'),
    stale: ['reads', 'writes'],
  },
  {
    what: 'a file of the same size and time moved into the place of another',
    change() {
      const { mtime } = statSync(path('data/a.txt'))
      writeFileSync(path('spare'), 'ccc')
      utimesSync(path('spare'), mtime, mtime)
      renameSync(path('spare'), path('data/a.txt'))
    },
    back: () => writeFileSync(path('data/a.txt'), 'aaa'),
    stale: ['reads', 'writes'],
  },
  {
    what: 'a file more in a folder that was listed',
    change: () => writeFileSync(path('data/b.txt'), ''),
    back: () => rmSync(path('data/b.txt')),
    stale: ['reads', 'writes'],
  },
  {
    what: 'an environment variable',
    change() {
      process.env.CUDA_VISIBLE_DEVICES = 'other'
    },
    back: () => delete process.env.CUDA_VISIBLE_DEVICES,
    stale: ['reads', 'writes'],
  },
  {
    what: 'a helper, same size',
    change: () => writeFileSync(path('helpers/__init__.py'), files['helpers/__init__.py'].replace('2 * n', '3 * n')),
    back: () => writeFileSync(path('helpers/__init__.py'), files['helpers/__init__.py']),
    stale: ['reads', 'writes'],
  },
  {
    what: 'a module that now stands before the helper',
    change() {
      renameSync(path('helpers'), path('elsewhere'))
      writeFileSync(path('helpers.py'), 'def double(n):\n    return 5 * n\n')
    },
    back() {
      rmSync(path('helpers.py'))
      renameSync(path('elsewhere'), path('helpers'))
    },
    stale: ['reads', 'writes', 'apart'],
  },
  {
    what: 'the default of a param',
    change: () => writeFileSync(path('pipeline.py'), pipeline.replace('n=1', 'n=2')),
    back: () => writeFileSync(path('pipeline.py'), pipeline),
    stale: ['apart'],
  },
  {
    what: 'a setting',
    change: () => writeFileSync(path('slipway.toml'), `${settings}[steps.apart]\ncache = false\n`),
    back: () => writeFileSync(path('slipway.toml'), settings),
    stale: ['apart'],
  },
  {
    what: 'the lock',
    change: () => at.changeLock('another'),
    back: () => at.changeLock('lock of bare'),
    stale: ['reads', 'writes', 'apart'],
  },
  {
    what: 'a stored value that is gone',
    change: () => renameSync(blobOf('apart'), path('.slipway/hidden')),
    back: () => renameSync(path('.slipway/hidden'), blobOf('apart')),
    stale: ['apart'],
  },
  {
    what: 'a hand-made change of a file that a step wrote',
    change: () => writeFileSync(path('report.txt'), 'mine'),
    back: () => writeFileSync(path('report.txt'), 'made'),
    stale: ['writes'],
  },
]
const settings = 'name = "test"\npipeline = ["pipeline.py"]\n'

function relink(to: string): void {
  unlinkSync(path('linked.txt'))
  symlinkSync(to, path('linked.txt'))
}
const blobOf = (name: string) => at.store.pathOf(at.queries.findArtifact(`latest:${name}`).descriptor.digest)

describe('where nothing changed', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const folder = join(testFolder('unchanged'), 'project')
    mkdirSync(folder)
    symlinkSync('other.txt', join(folder, 'linked.txt'))
    for (const [name, text] of Object.entries({ ...files, 'slipway.toml': settings })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    at = await openExecution(null, { folder })
    expect((await at.run()).states).toEqual({ reads: 'completed', writes: 'completed', apart: 'completed' })
    await settle()
  })

  it('a run is recorded whole and at once, and nothing is started for it', async () => {
    const before = at.events.length
    const { runId, done, reused } = await at.execution.start(
      { steps: [], params: {}, tags: { why: 'again' } },
      { report: () => undefined, signal: new AbortController().signal },
    )
    expect(reused?.run).toEqual(await done)
    expect(at.queries.get(runId)).toEqual(reused)
    expect(reused?.run).toMatchObject({ state: 'completed', cachedSteps: 3, totalSteps: 3, tags: { why: 'again' } })
    expect(at.events.slice(before).filter(({ kind }) => kind === 'log')).toEqual([])
    expect(at.lineage.walk(runId, 'up').nodes.filter(({ kind }) => kind === 'file')).toHaveLength(2)
  })

  it('a file that a step wrote is put back when it is gone', async () => {
    rmSync(path('report.txt'))
    const { states } = await at.run()
    expect(states).toEqual({ reads: 'cached', writes: 'cached', apart: 'cached' })
    expect(readFileSync(path('report.txt'), 'utf8')).toBe('made')
    await settle()
  })

  for (const { what, change, back, stale } of changes)
    it(`${what} is seen though everything else is remembered, and so is its end`, async () => {
      expect(await staleSteps()).toEqual([])
      try {
        change()
        expect(await staleSteps()).toEqual(stale)
        expect(await staleSteps()).toEqual(stale)
      } finally {
        back()
      }
      expect(await staleSteps()).toEqual([])
      await settle()
    })

  it('a change right after a look is seen, however coarse the clock of the files', async () => {
    for (const text of ['xxx', 'yyy', 'zzz']) {
      writeFileSync(path('data/a.txt'), text)
      utimesSync(path('data/a.txt'), 1_000, 1_000)
      expect(await staleSteps()).toEqual(['reads', 'writes'])
      writeFileSync(path('data/a.txt'), 'aaa')
      utimesSync(path('data/a.txt'), 1_000, 1_000)
      expect(await staleSteps()).toEqual([])
    }
  })
})
