import { isServerMessage, type Transport, type WireError } from './message.ts'
import { MessageTooLong, toTooLongError } from './message-too-long.ts'
import type { Command, Query, Router, Subscription } from './procedure.ts'

export type Unsubscribe = () => void

/** The caller's view of a router: queries and commands are async functions, subscriptions take listeners. */
export type ClientOf<R> = {
  readonly [Name in keyof R]: R[Name] extends Query<infer Input, infer Output>
    ? (input: Input) => Promise<Output>
    : R[Name] extends Command<infer Input, infer Output>
      ? (input: Input) => Promise<Output>
      : R[Name] extends Subscription<infer Input, infer Event>
        ? (input: Input, onEvent: (event: Event) => void, onEnd?: (error: RemoteError | null) => void) => Unsubscribe
        : ClientOf<R[Name]>
}

/** The other side's failure, whole. `wire` is what its describeError gave. */
export class RemoteError extends Error {
  readonly code: string
  readonly wire: WireError
  constructor(wire: WireError) {
    super(wire.message)
    this.name = 'RemoteError'
    this.code = wire.code
    this.wire = wire
  }
}

export const connectionLost: WireError = {
  code: 'rpc/connectionLost',
  message: 'The connection to the core of this project was lost.',
}

type Pending = {
  readonly settle: (value: unknown) => void
  readonly refuse: (error: RemoteError) => void
  readonly onEvent: ((event: unknown) => void) | null
}

export function createClient<R extends Router>(transport: Transport): ClientOf<R> {
  const pending = new Map<number, Pending>()
  let nextId = 1
  let closed = false

  transport.onMessage((message) => {
    if (!isServerMessage(message)) return
    const call = pending.get(message.id)
    if (!call) return
    if (message.t === 'event') return call.onEvent?.(message.value)
    if (message.t === 'opened') return
    pending.delete(message.id)
    if (message.t === 'result') call.settle(message.value)
    else call.refuse(new RemoteError(message.error))
  })
  transport.onClose(() => {
    closed = true
    for (const call of pending.values()) call.refuse(new RemoteError(connectionLost))
    pending.clear()
  })

  function send(id: number, path: string, input: unknown): void {
    try {
      transport.send({ t: 'call', id, path, input })
    } catch (error) {
      if (!(error instanceof MessageTooLong)) throw error
      pending.get(id)?.refuse(new RemoteError(toTooLongError(error)))
      pending.delete(id)
    }
  }

  function call(
    path: string,
    input: unknown,
    onEvent?: (event: unknown) => void,
    onEnd?: (e: RemoteError | null) => void,
  ) {
    const id = nextId++
    if (onEvent) {
      if (closed) onEnd?.(new RemoteError(connectionLost))
      else {
        pending.set(id, { settle: () => onEnd?.(null), refuse: (error) => onEnd?.(error), onEvent })
        send(id, path, input)
      }
      return () => {
        if (pending.delete(id) && !closed) transport.send({ t: 'close', id })
      }
    }
    return new Promise((settle, refuse) => {
      if (closed) return refuse(new RemoteError(connectionLost))
      pending.set(id, { settle, refuse, onEvent: null })
      send(id, path, input)
    })
  }

  return reach('', call) as ClientOf<R>
}

/** `client.runs.list(input)` becomes `call('runs.list', input)`; nothing is declared twice. */
function reach(path: string, call: (path: string, ...rest: never[]) => unknown): unknown {
  return new Proxy(() => undefined, {
    get: (_, name) =>
      typeof name === 'string' && name !== 'then' ? reach(path ? `${path}.${name}` : name, call) : undefined,
    apply: (_, __, rest) => call(path, ...(rest as never[])),
  })
}
