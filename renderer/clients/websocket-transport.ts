import type { Transport } from '../../core/rpc/message.ts'

/** One WebSocket as a line of JSON messages. Resolves when it is open, rejects when it cannot be. */
export function openWebSocket(url: string): Promise<Transport> {
  return new Promise((settle, refuse) => {
    const socket = new WebSocket(url)
    socket.addEventListener('open', () => settle(wrap(socket)), { once: true })
    socket.addEventListener('close', (event) => refuse(new Error(event.reason || 'The core did not answer.')), {
      once: true,
    })
  })
}

function wrap(socket: WebSocket): Transport {
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    onMessage: (listener) => socket.addEventListener('message', (event) => listener(JSON.parse(String(event.data)))),
    onClose: (listener) => socket.addEventListener('close', listener, { once: true }),
    close: () => socket.close(),
  }
}
