import type { Transport } from './message.ts'

/** What the window's MessagePort and the shell's MessagePortMain have in common. */
export type MessagePortLike = {
  postMessage(message: unknown): void
  start(): void
  close(): void
} & (
  | {
      addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
      addEventListener(type: 'close', listener: () => void): void
    }
  | {
      on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
      on(event: 'close', listener: () => void): void
    }
)

/** Messages over a MessagePort, at either end. */
export function createMessagePortTransport(port: MessagePortLike): Transport {
  const listeners: ((message: unknown) => void)[] = []
  const closes: (() => void)[] = []
  let closed = false
  const onMessage = (event: { readonly data: unknown }) => {
    for (const listener of listeners) listener(event.data)
  }
  const onClose = () => {
    if (closed) return
    closed = true
    for (const listener of closes) listener()
  }
  if ('on' in port) {
    port.on('message', onMessage)
    port.on('close', onClose)
  } else {
    port.addEventListener('message', onMessage)
    port.addEventListener('close', onClose)
  }
  let started = false

  return {
    send: (message) => {
      if (!closed) port.postMessage(message)
    },
    onMessage: (listener) => {
      listeners.push(listener)
      if (!started) port.start()
      started = true
    },
    onClose: (listener) => {
      if (closed) listener()
      else closes.push(listener)
    },
    close: () => {
      port.close()
      onClose()
    },
  }
}
