import { describe, expect, it } from 'vitest'
import { createRecordQueue } from '../../../core/execution/record-queue.ts'

/** A disk that is slow, and one that refuses: neither can be had of a real one by asking. */
function open({ failAt = Number.POSITIVE_INFINITY } = {}) {
  const log: string[] = []
  let problems = 0
  let settles = 0
  const group = {
    unsettledBytes: () => 0,
    async settle() {
      settles++
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (settles >= failAt) throw new Error('the disk is full')
      log.push('settled')
    },
  }
  const together = (work: () => void) => {
    log.push('begin')
    work()
    log.push('end')
  }
  const queue = createRecordQueue(group, { together }, () => problems++)
  return { queue, log, problems: () => problems, settles: () => settles }
}

describe('a record queue', () => {
  it('writes in order, all that has gathered as one, and never before its bytes are settled', async () => {
    const { queue, log, settles } = open()
    let done = 0
    for (let n = 0; n < 20; n++) void queue.add(() => log.push(`record ${n}`)).then(() => done++)
    await queue.drain()
    expect(done).toBe(20)
    expect(settles()).toBe(1)
    expect(log).toEqual(['settled', 'begin', ...Array.from({ length: 20 }, (_, n) => `record ${n}`), 'end'])
    await queue.add(() => log.push('another'))
    expect(log.slice(-4)).toEqual(['settled', 'begin', 'another', 'end'])
  })

  it('records nothing after what could not be recorded, tells once, and throws it at the end', async () => {
    const { queue, log, problems } = open({ failAt: 2 })
    await queue.add(() => log.push('first'))
    await queue.add(() => log.push('second'))
    await queue.add(() => log.push('third'))
    await expect(queue.drain()).rejects.toThrow('the disk is full')
    expect(log).toEqual(['settled', 'begin', 'first', 'end'])
    expect(problems()).toBe(1)
  })

  it('waits at its end for what nobody else waits for', async () => {
    const { queue, log, problems } = open()
    queue.alongside(new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => void log.push('tidied')))
    await queue.drain()
    expect(log).toEqual(['tidied'])
    queue.alongside(Promise.reject(new Error('stuck')))
    await expect(queue.drain()).rejects.toThrow('stuck')
    expect(problems()).toBe(1)
  })
})
