import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type ScheduledStep, type StepEnd, schedule } from '../../../core/execution/scheduler.ts'

const step = (name: string, needs: string[] = [], cpus = 1): ScheduledStep => ({ name, needs, cpus })

/** Runs a schedule of short steps and tells what happened, in order. */
async function trace(
  steps: readonly ScheduledStep[],
  options: {
    cpus?: number
    end?: (name: string) => StepEnd
    signal?: AbortSignal
    onStart?: (name: string) => void
  } = {},
) {
  const events: string[] = []
  let running = 0
  let most = 0
  await schedule(
    steps,
    options.cpus ?? 8,
    {
      async run(name) {
        events.push(`+${name}`)
        options.onStart?.(name)
        most = Math.max(most, ++running)
        await sleep(10)
        running--
        const end = options.end?.(name) ?? 'done'
        events.push(`-${name}`)
        return end
      },
      skip: (name) => events.push(`skip ${name}`),
    },
    options.signal ?? new AbortController().signal,
  )
  return { events, most }
}

describe('schedule', () => {
  it('runs a step after what it needs', async () => {
    const { events } = await trace([step('a'), step('b', ['a']), step('c', ['b'])])
    expect(events).toEqual(['+a', '-a', '+b', '-b', '+c', '-c'])
  })

  it('runs independent steps at once, up to the processors', async () => {
    const steps = ['a', 'b', 'c', 'd', 'e'].map((name) => step(name))
    expect((await trace(steps, { cpus: 5 })).most).toBe(5)
    expect((await trace(steps, { cpus: 2 })).most).toBe(2)
  })

  it('runs a step that wants more processors than there are, alone', async () => {
    const { events, most } = await trace([step('a'), step('big', [], 64), step('b')], { cpus: 2 })
    expect(most).toBeLessThanOrEqual(2)
    expect(events.filter((event) => event.startsWith('+')).sort()).toEqual(['+a', '+b', '+big'])
    const start = events.indexOf('+big')
    expect(events[start + 1]).toBe('-big')
  })

  it('skips what depends on a failure and finishes the other branches', async () => {
    const steps = [step('a'), step('bad'), step('after', ['bad']), step('later', ['after']), step('b', ['a'])]
    const { events } = await trace(steps, { end: (name) => (name === 'bad' ? 'failed' : 'done') })
    expect(events).toContain('skip after')
    expect(events).toContain('skip later')
    expect(events).toContain('-b')
  })

  it('starts nothing more once it is cancelled', async () => {
    const cancel = new AbortController()
    const { events } = await trace([step('a'), step('b', ['a'])], {
      signal: cancel.signal,
      onStart: () => cancel.abort(),
    })
    expect(events.sort()).toEqual(['+a', '-a', 'skip b'])
  })

  it('throws a defect after all that ran has ended', async () => {
    const ended: string[] = []
    const run = schedule(
      [step('broken'), step('slow'), step('never', ['slow'])],
      4,
      {
        async run(name) {
          if (name === 'broken') throw new Error('disk full')
          await sleep(20)
          ended.push(name)
          return 'done'
        },
        skip: (name) => ended.push(`skip ${name}`),
      },
      new AbortController().signal,
    )
    await expect(run).rejects.toThrow('disk full')
    expect(ended.sort()).toEqual(['skip never', 'slow'])
  })
})
