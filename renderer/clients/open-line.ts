import type { CoreTarget } from '../../core/domain/host-bridge.ts'
import type { Transport } from '../../core/rpc/message.ts'
import { openPort } from './port-transport.ts'
import { openWebSocket } from './websocket-transport.ts'

type EarlyLine = { readonly opening: Promise<Transport>; isOver: boolean }
const early = new Map<string, EarlyLine>()

/** Opens a line for whoever asks for one to this target next, so that it is open by then. */
export function openLineAhead(target: CoreTarget): void {
  const line: EarlyLine = { opening: openNow(target), isOver: false }
  const end = () => {
    line.isOver = true
  }
  line.opening.then((transport) => transport.onClose(end), end)
  early.set(placeOf(target), line)
}

/** A line to core: a port from the desktop window, or a WebSocket of the page's own origin in a browser. */
export function openLine(target: CoreTarget): Promise<Transport> {
  const line = early.get(placeOf(target))
  early.delete(placeOf(target))
  return line === undefined || line.isOver ? openNow(target) : line.opening
}

function openNow(target: CoreTarget): Promise<Transport> {
  if (window.slipway) return openPort(window.slipway, target)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return openWebSocket(`${scheme}://${location.host}/rpc/${placeOf(target)}`)
}

function placeOf(target: CoreTarget): string {
  return target.kind === 'home' ? 'home' : `project/${target.key}`
}
