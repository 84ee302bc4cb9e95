import type { Transport } from './message.ts'

/** What a child process with an `ipc` line and `process` inside it have in common. */
type IpcEnd = {
  readonly connected?: boolean | undefined
  send?(message: unknown): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'disconnect', listener: () => void): unknown
  disconnect?(): void
}

/** Messages between a process and its child, at either end. The line closes when either of them ends. */
export function createChildProcessTransport(end: IpcEnd): Transport {
  return {
    send: (message) => {
      if (end.connected) end.send?.(message)
    },
    onMessage: (listener) => {
      end.on('message', listener)
    },
    onClose: (listener) => {
      if (end.connected) end.once('disconnect', listener)
      else listener()
    },
    close: () => {
      if (end.connected) end.disconnect?.()
    },
  }
}
