import type { Transport } from './message.ts'
import { packMessage, toTextAndParts, unpackMessage } from './message-bytes.ts'

/** What the browser's WebSocket and the server side of one have in common. */
export type WebSocketLike = {
  readonly readyState: number
  binaryType: string
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

const connecting = 0
const open = 1
const unsupportedData = 1003
/** No string is longer where Node or a browser of this time runs. */
const longestTextBytes = 512 * 1024 * 1024

/**
 * Messages over a WebSocket, at either end; what is sent before it opens waits for that. Those with bytes are binary,
 * all others are text.
 */
export function createWebSocketTransport(socket: WebSocketLike): Transport {
  const listeners: ((message: unknown) => void)[] = []
  const closes: (() => void)[] = []
  let unsent: (string | Uint8Array<ArrayBuffer>)[] = []
  let closed = false
  socket.binaryType = 'arraybuffer'

  socket.addEventListener('open', () => {
    for (const data of unsent) socket.send(data)
    unsent = []
  })
  socket.addEventListener('message', ({ data }) => {
    const message = read(data)
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
      const { text, parts } = toTextAndParts(message, longestTextBytes)
      const data = parts.length === 0 ? text : packMessage({ text, parts })
      if (socket.readyState === connecting) unsent.push(data)
      else if (socket.readyState === open) socket.send(data)
    },
    onMessage: (listener) => listeners.push(listener),
    onClose: (listener) => {
      if (closed) listener()
      else closes.push(listener)
    },
    close: () => socket.close(),
  }
}

function read(data: unknown): unknown {
  try {
    if (typeof data === 'string') return JSON.parse(data)
    return data instanceof ArrayBuffer ? unpackMessage(new Uint8Array(data)) : undefined
  } catch {
    return undefined
  }
}
