import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { KernelRequest } from '../../../core/execution/kernel.ts'
import { createSpareProcesses } from '../../../core/execution/spare-processes.ts'
import type { StepProcess } from '../../../core/execution/step-process.ts'
import type { ForkedProcess, WarmInterpreter } from '../../../core/execution/warm-interpreter.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

/** An interpreter whose forks are ready when the test says so: of a real one nobody can say when. */
function open(wanted: number) {
  const asked: { readonly module: string | null; ready(): void; refuse(): void }[] = []
  const dismissed: number[] = []
  const ends: (() => void)[] = []
  const interpreter: WarmInterpreter = {
    usable: true,
    active: 0,
    importAhead: () => undefined,
    retire: () => undefined,
    fork(_, module) {
      const { promise, resolve } = Promise.withResolvers<ForkedProcess | null>()
      const number = asked.length
      const process: ForkedProcess = {
        alive: true,
        dismiss: () => dismissed.push(number),
        become() {
          const exited = Promise.withResolvers<Awaited<StepProcess['exited']>>()
          ends[number] = () => exited.resolve({ exitCode: 0, signal: null, problem: null })
          return { pid: number, exited: exited.promise } as StepProcess
        },
      }
      asked.push({ module, ready: () => resolve(process), refuse: () => resolve(null) })
      return promise
    },
  }
  const folder = testFolder('spares')
  const request = { request: { projectFolder: folder, module: 'pipeline.py' } } as KernelRequest
  const spares = createSpareProcesses(interpreter, wanted)
  return { spares, asked, dismissed, ends, folder, take: () => spares.take(request) }
}

/** Clocks of disks tick coarsely. */
function addUntilSeen(folder: string): void {
  const changedAt = () => statSync(folder, { bigint: true }).mtimeNs
  const before = changedAt()
  for (let n = 0; changedAt() === before; n++) writeFileSync(join(folder, `added${n}.py`), '')
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

/** One step has run, and all that are forked ahead are on their way. */
async function openWithOneTaken(wanted: number) {
  const opened = open(wanted)
  const first = opened.take()
  await soon()
  opened.asked[0]?.ready()
  expect((await first)?.pid).toBe(0)
  return opened
}

describe('spare processes', () => {
  it('are all asked for at once, as soon as a step has its own', async () => {
    const { asked, spares } = await openWithOneTaken(3)
    expect(asked.map(({ module }) => module)).toEqual(['pipeline.py', null, null, null])
    for (const one of asked) one.ready()
    await soon()
    expect(spares.count).toBe(3)
  })

  it('give a step that finds none ready the first that comes, and another is asked for in its place', async () => {
    const { asked, take, spares } = await openWithOneTaken(2)
    const second = take()
    await soon()
    expect(asked.map(({ module }) => module)).toEqual(['pipeline.py', null, null, null])
    asked[2]?.ready()
    expect((await second)?.pid).toBe(2)
    asked[1]?.ready()
    asked[3]?.ready()
    await soon()
    expect(spares.count).toBe(2)
    expect(asked).toHaveLength(4)
  })

  it('fork for a step when those that come are spoken for, or none comes', async () => {
    const { asked, take } = await openWithOneTaken(1)
    const [second, third] = [take(), take()]
    await soon()
    expect(asked.map(({ module }) => module)).toEqual(['pipeline.py', null, null, null])
    for (const one of asked.slice(1)) one.refuse()
    await soon()
    const own = asked.flatMap(({ module }, number) => (number > 0 && module !== null ? [number] : []))
    expect(own).toHaveLength(2)
    for (const one of asked) one.ready()
    expect([(await second)?.pid, (await third)?.pid].sort()).toEqual(own)
  })

  it('are forked before the first of the steps that are expected, and no more than these need', async () => {
    const { asked, take, spares, folder } = open(4)
    spares.expect(folder, 3)
    expect(asked.map(({ module }) => module)).toEqual([null, null, null])
    for (const one of asked) one.ready()
    await soon()
    expect([(await take())?.pid, (await take())?.pid, (await take())?.pid]).toEqual([0, 1, 2])
    expect([spares.count, asked.length]).toEqual([0, 3])
    // More came than were expected: nobody knows how many.
    const more = take()
    await soon()
    for (const one of asked) one.ready()
    expect((await more)?.pid).toBe(3)
    expect(asked.length).toBeGreaterThan(4)
  })

  it('for the next run are forked when the last step of this one has ended, and few of them', async () => {
    const { asked, ends, take, spares, folder } = open(4)
    for (const steps of [3, 1]) {
      const before = asked.length - spares.count
      spares.expect(folder, steps)
      for (const one of asked) one.ready()
      await soon()
      for (let step = 0; step < steps; step++) await take()
      await soon()
      expect(asked.length - spares.count).toBe(before + steps)
      const waiting = spares.count
      for (const end of ends) end?.()
      await soon()
      for (const one of asked) one.ready()
      await soon()
      expect(spares.count).toBe(Math.max(waiting, Math.min(2, steps)))
    }
  })

  it('are no use to a step once something was added to the project, and are let go', async () => {
    const { asked, take, dismissed, folder } = await openWithOneTaken(1)
    addUntilSeen(folder)
    const second = take()
    await soon()
    asked[1]?.ready()
    await soon()
    expect(dismissed).toEqual([1])
    const own = asked.findIndex(({ module }, number) => number > 0 && module !== null)
    asked[own]?.ready()
    expect((await second)?.pid).toBe(own)
  })

  it('that come after they were let go are let go, too', async () => {
    const { asked, dismissed, spares } = await openWithOneTaken(2)
    spares.dismiss()
    asked[1]?.ready()
    asked[2]?.ready()
    await soon()
    expect(dismissed).toEqual([1, 2])
    expect(spares.count).toBe(0)
  })
})
