import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { CoreTarget, HostBridge, PortMessage } from '../core/domain/host-bridge.ts'

/** The page's window, as far as a preload needs it. */
declare const window: {
  postMessage(message: PortMessage, origin: string, transfer: readonly unknown[]): void
  readonly location: { readonly origin: string }
}

// The window's one way out: a line to core, and the few things only the shell can do.
const bridge: HostBridge = {
  host: 'electron',
  connect: (requestId: number, target: CoreTarget) => ipcRenderer.send('slipway:connect', requestId, target),
  pickFolder: (title) => ipcRenderer.invoke('slipway:pickFolder', title),
  pathOfFile: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  openWindow: (target) => ipcRenderer.invoke('slipway:openWindow', target),
  openExternal: (url) => ipcRenderer.invoke('slipway:openExternal', url),
  setTheme: (theme) => ipcRenderer.invoke('slipway:setTheme', theme),
  onCommand: (listener) => {
    const hear = (_: unknown, id: unknown): void => listener(String(id))
    ipcRenderer.on('slipway:command', hear)
    return () => ipcRenderer.off('slipway:command', hear)
  },
  onCoreRestart: (listener) => {
    ipcRenderer.on('slipway:core-restarted', listener)
    return () => ipcRenderer.off('slipway:core-restarted', listener)
  },
}

// Ports cannot cross the context bridge; they travel as a message to the page's own origin.
ipcRenderer.on('slipway:port', (event, requestId: number) => {
  const message: PortMessage = { type: 'slipway:port', requestId }
  window.postMessage(message, window.location.origin, [...event.ports])
})

contextBridge.exposeInMainWorld('slipway', bridge)
