import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { runOneStep, step } from './run-one-step.ts'
import { removeTestFolders } from './test-folder.ts'

const warm = createWarmProcesses()

afterAll(() => {
  warm.close()
  removeTestFolders()
})

/** What a step that is forked, and one in an interpreter of its own, leave behind: their files and their log. */
async function ends(code: string, environment: 'plain' | 'science' = 'plain') {
  const pythonPath = environment === 'science' ? (await testEnvironment('science')).python : undefined
  const seen = []
  for (const startProcess of [warm.start, undefined]) {
    const run = await runOneStep({ code, startProcess, ...(pythonPath ? { pythonPath } : {}) })
    const read = (name: string) => {
      try {
        return readFileSync(join(run.project, name), 'utf8')
      } catch {
        return null
      }
    }
    const log = readFileSync(run.logFile, 'utf8').replaceAll(run.project, 'PROJECT')
    seen.push({ state: run.state, failure: run.failure, log, out: read('out.txt'), late: read('late.txt') })
  }
  expect(seen[0]).toEqual(seen[1])
  return seen[0] as (typeof seen)[number]
}

describe('a forked step ends as one in an interpreter of its own', () => {
  it('with what it had not written yet', async () => {
    const end = await ends(step('global kept\nkept = open("out.txt", "w")\nkept.write("all of it")'))
    expect(end).toMatchObject({ state: 'completed', out: 'all of it' })
  })

  it('with its exit functions, its finalizers and its threads', async () => {
    const end = await ends(
      step(
        [
          'atexit.register(lambda: print("exit function"))',
          'weakref.finalize(os, print, "finalizer")',
          'class Last:\n  def __del__(self):\n    print("last word of", json.dumps("an object"))',
          'global kept\nkept = Last()\nkept.itself = kept',
          'threading.Thread(target=lambda: (time.sleep(0.3), open("late.txt", "w").write("late"))).start()',
        ].join('\n'),
        'import atexit, json, os, threading, time, weakref',
      ),
    )
    expect(end).toMatchObject({ state: 'completed', late: 'late' })
    expect(end.log.trim().split('\n').sort()).toEqual(['exit function', 'finalizer', 'last word of "an object"'])
  })

  it('with what libraries in C write at their end', async () => {
    const body = 'import numpy, ctypes\nlibc = ctypes.CDLL(None)\nlibc.printf(b"still in the buffer of C")'
    expect(await ends(step(body), 'science')).toMatchObject({ state: 'completed', log: 'still in the buffer of C' })
  })

  it('with the exit code that it asked for, and with a thread that never ends', async () => {
    expect((await ends(step('import sys\nsys.exit(7)'))).failure).toMatchObject({ exitCode: 7 })
    const daemon = 'threading.Thread(target=lambda: time.sleep(600), daemon=True).start()\nprint("done")'
    expect(await ends(step(daemon, 'import threading, time'))).toMatchObject({ state: 'completed', log: 'done\n' })
  })
})

describe('modules that are compiled ahead', () => {
  it('run as they are on disk, warn as they would, and fail as they would', async () => {
    const body = (text: string) => step(`import helper\nprint(helper.word)\nprint(${text})`, '')
    const { project } = await runOneStep({
      code: body('"first"'),
      files: { 'helper.py': 'word = "one"' },
      startProcess: warm.start,
    })
    const printed = async (code: string, helper: string) => {
      writeFileSync(join(project, 'helper.py'), helper)
      const run = await runOneStep({ code, project, startProcess: warm.start })
      return readFileSync(run.logFile, 'utf8')
    }
    for (const [text, word] of [
      ['"first"', 'one'],
      ['"other"', 'one'],
      ['"other"', 'two'],
      ['"first"', 'one'],
    ] as const)
      expect(await printed(body(text), `word = "${word}"`)).toBe(`${word}\n${text.slice(1, -1)}\n`)
    for (let round = 0; round < 2; round++) {
      expect(await printed(body('1 is 1'), 'word = 1 is 1')).toContain('SyntaxWarning')
      expect(await printed(body('"x"'), 'word = (')).toContain('SyntaxError')
    }
  })
})
