import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { describeFailure } from '../../../core/domain/failure.ts'
import { createInProcessPair } from '../../../core/rpc/in-process-transport.ts'
import type { Transport } from '../../../core/rpc/message.ts'
import { query } from '../../../core/rpc/procedure.ts'
import { serveRouter } from '../../../core/rpc/server.ts'
import { type Connection, createConnection } from '../../../renderer/clients/connection.ts'

const router = { clock: { now: query(z.object({}), () => 42) } }
let connection: Connection<typeof router> | null = null

afterEach(() => connection?.close())

describe('a line to core', () => {
  it('answers through the client of the open line', async () => {
    const { lines } = connect()
    await untilState('open')
    expect(lines).toHaveLength(1)
    expect(await connection?.client().clock.now({})).toBe(42)
  })

  it('opens again when it breaks, with a client that works', async () => {
    const { lines } = connect()
    await untilState('open')
    lines[0]?.close()
    expect(connection?.store.getState().state).toBe('lost')
    await untilState('open')
    expect(lines).toHaveLength(2)
    expect(await connection?.client().clock.now({})).toBe(42)
  })

  it('refuses what was under way when it breaks, so that nobody waits for ever', async () => {
    const { lines } = connect()
    await untilState('open')
    const answer = connection?.client().clock.now({})
    lines[0]?.close()
    await expect(answer).rejects.toMatchObject({ code: 'rpc/connectionLost' })
  })

  it('counts its attempts while core does not answer, and can be told to try now', async () => {
    let isUp = false
    connect(() => isUp)
    await vi.waitUntil(() => (connection?.store.getState().attempt ?? 0) >= 3, { timeout: 30_000 })
    isUp = true
    connection?.retryNow()
    await untilState('open')
  })

  it('stays closed once it was closed', async () => {
    const { lines } = connect()
    await untilState('open')
    connection?.close()
    await new Promise((settle) => setTimeout(settle, 400))
    expect(lines).toHaveLength(1)
  })
})

function connect(isUp = () => true) {
  const lines: Transport[] = []
  connection = createConnection<typeof router>(async () => {
    if (!isUp()) throw new Error('nobody there')
    const [page, core] = createInProcessPair()
    serveRouter(router, core, describeFailure)
    lines.push(core)
    return page
  })
  return { lines }
}

async function untilState(state: string): Promise<void> {
  await vi.waitUntil(() => connection?.store.getState().state === state, { timeout: 30_000 })
}
