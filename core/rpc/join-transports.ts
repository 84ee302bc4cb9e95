import { isClientMessage, isServerMessage, type Transport } from './message.ts'
import { MessageTooLong, toTooLongError } from './message-too-long.ts'

/**
 * Passes messages on between a client's line and a server's, as they are. When either closes, so does the other.
 * Only well-formed messages pass: a peer that sends anything else is cut off. What the next line cannot carry ends the
 * call that it belongs to, and no other.
 */
export function joinTransports(client: Transport, server: Transport): void {
  /** False when it could not be sent: then the caller has been told, and its call has ended. */
  const pass = (id: number, send: () => void): boolean => {
    try {
      send()
      return true
    } catch (error) {
      if (!(error instanceof MessageTooLong)) throw error
      client.send({ t: 'error', id, error: toTooLongError(error) })
      return false
    }
  }
  client.onMessage((message) => {
    if (isClientMessage(message)) pass(message.id, () => server.send(message))
    else client.close()
  })
  server.onMessage((message) => {
    if (!isServerMessage(message)) return server.close()
    const wasSent = pass(message.id, () => client.send(message))
    if (!wasSent && message.t === 'event') server.send({ t: 'close', id: message.id })
  })
  client.onClose(() => server.close())
  server.onClose(() => client.close())
}
