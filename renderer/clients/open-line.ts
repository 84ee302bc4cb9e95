import type { CoreTarget } from '../../core/domain/host-bridge.ts'
import type { Transport } from '../../core/rpc/message.ts'
import { openPort } from './port-transport.ts'
import { openWebSocket } from './websocket-transport.ts'

/** A line to core: a port from the desktop window, or a WebSocket of the page's own origin in a browser. */
export function openLine(target: CoreTarget): Promise<Transport> {
  if (window.slipway) return openPort(window.slipway, target)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const place = target.kind === 'home' ? 'home' : `project/${target.key}`
  return openWebSocket(`${scheme}://${location.host}/rpc/${place}`)
}
