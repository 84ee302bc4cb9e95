import type { CoreTarget, HostBridge, PortMessage } from '../../core/domain/host-bridge.ts'
import type { Transport } from '../../core/rpc/message.ts'

declare global {
  interface Window {
    /** Put there by the desktop window's preload; absent in a browser. */
    readonly slipway?: HostBridge
  }
}

const patienceMs = 30_000
let nextRequest = 1

/** Asks the desktop shell for a line to core. The port comes back as a window message with the same number. */
export function openPort(bridge: HostBridge, target: CoreTarget): Promise<Transport> {
  const requestId = nextRequest++
  return new Promise((settle, refuse) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive)
      refuse(new Error('The core did not answer.'))
    }, patienceMs)
    function receive(event: MessageEvent): void {
      const port = event.ports[0]
      if (event.source !== window || !isPortMessage(event.data) || event.data.requestId !== requestId || !port) return
      clearTimeout(timer)
      window.removeEventListener('message', receive)
      settle(wrap(port, bridge))
    }
    window.addEventListener('message', receive)
    bridge.connect(requestId, target)
  })
}

function isPortMessage(value: unknown): value is PortMessage {
  return typeof value === 'object' && value !== null && (value as PortMessage).type === 'slipway:port'
}

/** A port ends by its own `close` event, or with the core that held its other end. */
function wrap(port: MessagePort, bridge: HostBridge): Transport {
  const closes: (() => void)[] = []
  let closed = false
  const end = () => {
    if (closed) return
    closed = true
    stopHearing()
    for (const listener of closes) listener()
  }
  const stopHearing = bridge.onCoreRestart(end)
  port.addEventListener('close', end)
  port.start()
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.addEventListener('message', (event) => listener(event.data)),
    onClose: (listener) => closes.push(listener),
    close: () => {
      port.close()
      end()
    },
  }
}
