import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { runOneStep, step } from './run-one-step.ts'
import { removeTestFolders } from './test-folder.ts'

const warm = createWarmProcesses({ spares: 2 })

afterAll(() => {
  warm.close()
  removeTestFolders()
})

const draws = [
  'out = {"random": random.random(), "numpy": numpy.random.rand(), "generator": numpy.random.default_rng().random()}',
  'random.seed(7); numpy.random.seed(7)',
  'out["seeded"] = [random.random(), numpy.random.rand(), numpy.random.default_rng(7).random()]',
  'print(json.dumps(out))',
].join('\n')

describe('what a forked step shares with others of its kind', () => {
  it('is never chance: each draws its own numbers, seeded ones are those of a fresh interpreter, and it is told that it drew', async () => {
    const { python: pythonPath } = await testEnvironment('science')
    // The module imports NumPy first, so that it was imported before the fork.
    const code = step(draws, 'import json, random, numpy')
    const one = async (project: string | undefined, startProcess = warm.start) => {
      const run = await runOneStep({ code, pythonPath, startProcess, ...(project ? { project } : {}) })
      expect(run.state).toBe('completed')
      return { ...run, out: JSON.parse(readFileSync(run.logFile, 'utf8')) }
    }
    const first = await one(undefined)
    const others = await Promise.all([one(first.project), one(first.project), one(first.project)])
    const fresh = await one(first.project, async () => null)
    const all = [first, ...others, fresh]
    for (const name of ['random', 'numpy', 'generator'])
      expect(new Set(all.map(({ out }) => out[name])).size).toBe(all.length)
    for (const { out } of all) expect(out.seeded).toEqual(fresh.out.seeded)
    for (const { observed } of all) {
      expect(observed?.packages).toEqual(fresh.observed?.packages)
      expect(observed?.packages.map(({ name }) => name)).toEqual(['numpy'])
      expect(observed?.effects?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
        expect.arrayContaining([
          'randomness random',
          'randomness numpy.random',
          'randomness numpy.random.default_rng()',
        ]),
      )
    }
  }, 120_000)

  it('is not counted as memory of its own beyond what was there before, and its children count', async () => {
    const peak = async (body: string) => {
      const run = await runOneStep({ code: step(body, 'import subprocess, sys'), startProcess: warm.start })
      expect(run.state).toBe('completed')
      return (run.observed?.peakMemoryBytes ?? 0) / 1e6
    }
    const small = await peak('return 1')
    expect(small).toBeGreaterThan(5)
    expect(small).toBeLessThan(100)
    const large = await peak('held = b"x" * 300_000_000\nreturn len(held)')
    expect(large).toBeGreaterThan(300)
    expect(large).toBeLessThan(450)
    expect(await peak('return 1')).toBeLessThan(100)
    const child = await peak('subprocess.run([sys.executable, "-c", "len(bytes([1]) * 400_000_000)"])')
    expect(child).toBeGreaterThan(400)
  })
})
