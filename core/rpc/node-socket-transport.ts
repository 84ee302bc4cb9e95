import type { Socket } from 'node:net'
import type { Transport } from './message.ts'
import { createFrameReader, toFrame } from './message-frames.ts'

/** Messages over a Unix socket, a named pipe or a TCP connection. Broken framing ends the line. */
export function createNodeSocketTransport(socket: Socket): Transport {
  const listeners: ((message: unknown) => void)[] = []
  const closes: (() => void)[] = []
  let waiting: unknown[] | null = []
  let closed = false

  const read = createFrameReader((message) => {
    if (waiting) waiting.push(message)
    else for (const listener of listeners) listener(message)
  })
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch {
      socket.destroy()
    }
  })
  // The cause of a broken line is of no use to either end: both are told by the close that follows.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    closed = true
    for (const listener of closes) listener()
  })

  return {
    send: (message) => {
      if (!closed && socket.writable) socket.write(toFrame(message))
    },
    onMessage: (listener) => {
      listeners.push(listener)
      const early = waiting
      waiting = null
      for (const message of early ?? []) listener(message)
    },
    onClose: (listener) => {
      if (closed) listener()
      else closes.push(listener)
    },
    close: () => socket.end(() => socket.destroy()),
  }
}
