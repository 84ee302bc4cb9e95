import type { Transport } from './message.ts'
import { toText } from './message-too-long.ts'

/** What the browser's WebSocket and the server side of one have in common. */
export type WebSocketLike = {
  readonly readyState: number
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

const connecting = 0
const open = 1
const unsupportedData = 1003
/** No string is longer where Node or a browser of this time runs. */
const longestTextBytes = 512 * 1024 * 1024

/** Messages over a WebSocket, at either end; what is sent before it opens waits for that. */
export function createWebSocketTransport(socket: WebSocketLike): Transport {
  const listeners: ((message: unknown) => void)[] = []
  const closes: (() => void)[] = []
  let unsent: string[] = []
  let closed = false

  socket.addEventListener('open', () => {
    for (const text of unsent) socket.send(text)
    unsent = []
  })
  socket.addEventListener('message', ({ data }) => {
    const message = typeof data === 'string' ? parseText(data) : undefined
    if (message === undefined) return socket.close(unsupportedData)
    for (const listener of listeners) listener(message)
  })
  socket.addEventListener('close', () => {
    if (closed) return
    closed = true
    for (const listener of closes) listener()
  })

  return {
    send: (message) => {
      const text = toText(message, longestTextBytes)
      if (socket.readyState === connecting) unsent.push(text)
      else if (socket.readyState === open) socket.send(text)
    },
    onMessage: (listener) => listeners.push(listener),
    onClose: (listener) => {
      if (closed) listener()
      else closes.push(listener)
    },
    close: () => socket.close(),
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
