import { isClientMessage, isServerMessage, type Transport } from './message.ts'

/**
 * Passes messages on between a client's line and a server's, as they are. When either closes, so does the other.
 * Only well-formed messages pass: a peer that sends anything else is cut off.
 */
export function joinTransports(client: Transport, server: Transport): void {
  client.onMessage((message) => (isClientMessage(message) ? server.send(message) : client.close()))
  server.onMessage((message) => (isServerMessage(message) ? client.send(message as never) : server.close()))
  client.onClose(() => server.close())
  server.onClose(() => client.close())
}
