import type { Page, WebSocketRoute } from '@playwright/test'
import { unpackMessage } from '../../core/rpc/message-bytes.ts'

export type LateAnswers = {
  /** Holds what is said from now on. */
  hold(path: string): void
  /** Lets through what was held of this procedure, and from then on all of it. */
  release(path: string): void
  /** Resolves when an answer of this procedure is being held: the window has asked and waits. */
  untilHeld(path: string): Promise<void>
}

/** Holds what core says to the page's calls of these procedures, as a slow machine would. Call before the page is opened. */
export async function holdAnswers(page: Page, paths: readonly string[]): Promise<LateAnswers> {
  const held = new Map<string, (() => void)[]>(paths.map((path) => [path, []]))
  const waiting: { readonly path: string; readonly settle: () => void }[] = []
  await page.routeWebSocket(/.*/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer()
    const asked = new Map<number, string>()
    socket.onMessage((message) => {
      const { t, id, path } = JSON.parse(String(message)) as { t: string; id: number; path?: string }
      if (t === 'call' && path !== undefined) asked.set(id, path)
      server.send(message)
    })
    server.onMessage((message) => {
      const { id } = (typeof message === 'string' ? JSON.parse(message) : unpackMessage(message)) as { id: number }
      const path = asked.get(id) ?? ''
      const queue = held.get(path)
      if (queue === undefined) return socket.send(message)
      queue.push(() => socket.send(message))
      for (const one of waiting) if (one.path === path) one.settle()
    })
  })
  return {
    hold: (path) => void held.set(path, []),
    release(path) {
      const queue = held.get(path) ?? []
      held.delete(path)
      for (const send of queue) send()
    },
    untilHeld: (path) =>
      new Promise((settle) => {
        if ((held.get(path)?.length ?? 0) > 0) settle()
        else waiting.push({ path, settle })
      }),
  }
}
