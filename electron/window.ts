import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { CoreTarget } from '../core/domain/host-bridge.ts'
import { appOrigin } from './protocol.ts'

const targets = new WeakMap<BrowserWindow, CoreTarget>()

export function windows(): readonly BrowserWindow[] {
  return BrowserWindow.getAllWindows()
}

export function targetOf(window: BrowserWindow): CoreTarget {
  return targets.get(window) ?? { kind: 'home' }
}

/** One sandboxed window on the app's own origin. It shows nothing before its first paint is ready. */
export function openWindow(target: CoreTarget, preloadFile: string): BrowserWindow {
  const { width, height } = screen.getPrimaryDisplay().workAreaSize
  const window = new BrowserWindow({
    width: Math.min(1440, width),
    height: Math.min(900, height),
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Slipway',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171C' : '#FFFFFF',
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  })
  targets.set(window, target)
  window.once('ready-to-show', () => window.show())
  // A crashed page comes back by itself: runs go on in core meanwhile.
  window.webContents.on('render-process-gone', (_, details) => {
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
  })
  const place = target.kind === 'home' ? '' : `#/project/${target.key}/build`
  void window.loadURL(`${appOrigin}/index.html${place}`)
  return window
}
