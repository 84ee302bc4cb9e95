import type { Transport } from '../../core/rpc/message.ts'
import { createWebSocketTransport } from '../../core/rpc/web-socket-transport.ts'

/** One WebSocket as a line of messages. Resolves when it is open, rejects when it cannot be. */
export function openWebSocket(url: string): Promise<Transport> {
  return new Promise((settle, refuse) => {
    const socket = new WebSocket(url)
    socket.addEventListener('open', () => settle(createWebSocketTransport(socket)), { once: true })
    socket.addEventListener('close', (event) => refuse(new Error(event.reason || 'The core did not answer.')), {
      once: true,
    })
  })
}
