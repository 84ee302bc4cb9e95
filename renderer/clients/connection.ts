import { createStore, type StoreApi } from 'zustand'
import { type ClientOf, createClient } from '../../core/rpc/client.ts'
import type { Transport } from '../../core/rpc/message.ts'
import type { Router } from '../../core/rpc/procedure.ts'

export type ConnectionState =
  | { readonly state: 'connecting'; readonly client: null; readonly attempt: number }
  | { readonly state: 'open'; readonly client: unknown; readonly attempt: 0 }
  | { readonly state: 'lost'; readonly client: null; readonly attempt: number; readonly reason: string }

/** A line to core that is opened again whenever it breaks. Each opening makes a new client. */
export type Connection<R extends Router> = {
  readonly store: StoreApi<ConnectionState>
  /** The client of the open line. @throws when there is none: callers wait for `open`. */
  client(): ClientOf<R>
  retryNow(): void
  close(): void
}

const waitsMs = [250, 500, 1000, 2000, 5000]

export function createConnection<R extends Router>(openTransport: () => Promise<Transport>): Connection<R> {
  const store = createStore<ConnectionState>(() => ({ state: 'connecting', client: null, attempt: 1 }))
  let transport: Transport | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  async function open(): Promise<void> {
    clearTimeout(timer)
    try {
      const opened = await openTransport()
      if (closed) return opened.close()
      transport = opened
      opened.onClose(() => {
        if (transport === opened) lose('The connection ended.')
      })
      store.setState({ state: 'open', client: createClient<R>(opened), attempt: 0 }, true)
    } catch (error) {
      if (!closed) lose(error instanceof Error ? error.message : String(error))
    }
  }

  function lose(reason: string): void {
    if (closed) return
    transport = null
    const attempt = store.getState().attempt + 1
    store.setState({ state: 'lost', client: null, attempt, reason }, true)
    timer = setTimeout(open, waitsMs[Math.min(attempt - 1, waitsMs.length - 1)])
  }

  void open()
  return {
    store,
    client: () => {
      const now = store.getState()
      if (now.state !== 'open') throw new Error('There is no connection to the core.')
      return now.client as ClientOf<R>
    },
    retryNow: () => {
      if (store.getState().state === 'lost') void open()
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      transport?.close()
    },
  }
}
