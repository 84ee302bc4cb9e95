import { type ClientMessage, isClientMessage, type Transport, type WireError } from './message.ts'
import { MessageTooLong } from './message-too-long.ts'
import { findProcedure, type Router } from './procedure.ts'

/** How the application words what was thrown, and an input that its schema refused. */
export type DescribeError = (error: unknown) => WireError

/** What one peer may have open at once. A window needs a few dozen; more is a flood. */
const mostOpenCalls = 1_000

/** Answers one peer until its transport closes; then every subscription of that peer is stopped. */
export function serveRouter(router: Router, transport: Transport, describeError: DescribeError): void {
  const subscriptions = new Map<number, () => void>()
  let answering = 0

  transport.onMessage((message) => {
    if (!isClientMessage(message)) return transport.close()
    if (message.t === 'close') return stop(message.id)
    void answer(message)
  })
  transport.onClose(() => {
    for (const id of [...subscriptions.keys()]) stop(id)
  })

  async function answer(call: Extract<ClientMessage, { t: 'call' }>): Promise<void> {
    const { id, path } = call
    if (answering + subscriptions.size >= mostOpenCalls) {
      return transport.send({ t: 'error', id, error: tooManyCalls })
    }
    answering++
    try {
      const procedure = findProcedure(router, path)
      if (procedure === null) throw new UnknownProcedure(path)
      const input = procedure.input.parse(call.input)
      if (procedure.kind === 'subscription') {
        stop(id)
        subscribe(id, (emit) => procedure.run(input, emit))
      } else {
        transport.send({ t: 'result', id, value: (await procedure.run(input)) ?? null })
      }
    } catch (error) {
      transport.send({ t: 'error', id, error: describeError(error) })
    } finally {
      answering--
    }
  }

  /** An event that the line cannot carry ends the subscription: whoever emitted it has nothing to do with that. */
  function subscribe(id: number, run: (emit: (value: unknown) => void) => () => void): void {
    let refused: MessageTooLong | null = null
    const leave = run((value) => {
      if (refused) return
      try {
        transport.send({ t: 'event', id, value })
      } catch (error) {
        if (!(error instanceof MessageTooLong)) throw error
        refused = error
        stop(id)
        transport.send({ t: 'error', id, error: describeError(error) })
      }
    })
    if (refused) leave()
    else {
      subscriptions.set(id, leave)
      transport.send({ t: 'opened', id })
    }
  }

  function stop(id: number): void {
    subscriptions.get(id)?.()
    subscriptions.delete(id)
  }
}

const tooManyCalls: WireError = {
  code: 'rpc/tooManyCalls',
  message: `More than ${mostOpenCalls} calls are open on one line.`,
}

export class UnknownProcedure extends Error {
  readonly path: string
  constructor(path: string) {
    super(`no procedure ${JSON.stringify(path)}`)
    this.path = path
  }
}
