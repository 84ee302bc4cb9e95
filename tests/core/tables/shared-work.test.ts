import { describe, expect, it } from 'vitest'
import { createSharedWork } from '../../../core/tables/shared-work.ts'

function setUp(kept = 10) {
  const interrupted: string[] = []
  const forgotten: string[] = []
  const work = createSharedWork<string>({
    kept,
    interrupt: (ticket) => interrupted.push(ticket),
    onForget: (value) => forgotten.push(value),
  })
  return { work, interrupted, forgotten }
}

describe('shared work', () => {
  it('is done once for all who ask, and kept', async () => {
    const { work } = setUp()
    let times = 0
    const find = async () => `found ${++times}`
    expect(await Promise.all([work.share('k', 'a', find), work.share('k', 'b', find)])).toEqual(['found 1', 'found 1'])
    expect(await work.share('k', 'c', find)).toBe('found 1')
  })

  it('goes on for the others when one leaves, and ends with the last', async () => {
    const { work, interrupted } = setUp()
    const { promise, resolve } = Promise.withResolvers<string>()
    let own = ''
    const find = (ticket: string) => {
      own = ticket
      return promise
    }
    const first = work.share('k', 'a', find)
    const second = work.share('k', 'b', find)
    work.cancel('a')
    await expect(first).rejects.toMatchObject({ code: 'execution/canceled' })
    expect(interrupted).toEqual([])
    const third = work.share('k', 'c', find)
    work.cancel('c')
    await expect(third).rejects.toMatchObject({ code: 'execution/canceled' })
    work.cancel('b')
    await expect(second).rejects.toMatchObject({ code: 'execution/canceled' })
    expect(interrupted).toEqual([own])
    resolve('too late')
    expect(await work.share('k', 'd', async () => 'anew')).toBe('anew')
  })

  it('tries anew what failed', async () => {
    const { work } = setUp()
    await expect(work.share('k', 'a', () => Promise.reject(new Error('once')))).rejects.toThrow('once')
    expect(await work.share('k', 'a', async () => 'twice')).toBe('twice')
  })

  it('forgets the oldest when there are too many', async () => {
    const { work, forgotten } = setUp(2)
    for (const key of ['1', '2', '3']) await work.share(key, '', async () => key)
    await Promise.resolve()
    expect(forgotten).toEqual(['1'])
    expect([work.has('1'), work.has('2'), work.has('3')]).toEqual([false, true, true])
  })
})
