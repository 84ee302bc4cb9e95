import type { Transport } from './message.ts'
import { toTextAndParts, withParts } from './message-bytes.ts'

/** Two ends of one line inside a process; messages are copied, as any real wire would. */
export function createInProcessPair(): [Transport, Transport] {
  const ends = [createEnd(), createEnd()] as const
  const link = (from: End, to: End): Transport => ({
    send: (message) => {
      if (from.closed) return
      const { text, parts } = toTextAndParts(message, Number.POSITIVE_INFINITY)
      const copy = JSON.parse(text)
      if (parts.length > 0) {
        withParts(
          copy,
          parts.map((part) => part.slice()),
        )
      }
      queueMicrotask(() => {
        for (const listener of to.messages) listener(copy)
      })
    },
    onMessage: (listener) => from.messages.push(listener),
    onClose: (listener) => from.closes.push(listener),
    close: () => {
      for (const end of [from, to]) {
        if (end.closed) continue
        end.closed = true
        for (const listener of end.closes) listener()
      }
    },
  })
  return [link(ends[0], ends[1]), link(ends[1], ends[0])]
}

type End = { messages: ((message: unknown) => void)[]; closes: (() => void)[]; closed: boolean }

function createEnd(): End {
  return { messages: [], closes: [], closed: false }
}
