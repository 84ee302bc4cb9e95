import { join } from 'node:path'
import { app, type BrowserWindow, nativeTheme } from 'electron'
import { type CoreTarget, isCoreTarget } from '../core/domain/host-bridge.ts'
import { createCoreProcess } from './core-process.ts'
import { serveHostApi } from './host-api.ts'
import { buildMenu } from './menu.ts'
import { denyByDefault } from './permissions.ts'
import { registerAppScheme, serveApp } from './protocol.ts'
import { openWindow, targetOf, windows } from './window.ts'

// Before `ready`, as Electron demands: the app's own origin, so that no page is ever a file.
registerAppScheme()

if (!app.requestSingleInstanceLock()) app.quit()
else start()

function start(): void {
  const root = app.getAppPath()
  const core = createCoreProcess({
    entryFile: join(root, 'dist', 'core', 'electron.mjs'),
    onRestart: () => {
      for (const window of windows()) window.webContents.send('slipway:core-restarted')
    },
  })
  const open = (target: Parameters<typeof openWindow>[0]): BrowserWindow =>
    openWindow(target, join(root, 'dist', 'electron', 'preload.cjs'))

  app.on('second-instance', (_, argv) => {
    const target = findTarget(argv)
    const first = windows().find((window) => target.kind === 'home' || isSameProject(targetOf(window), target))
    if (!first) return void open(target)
    if (first.isMinimized()) first.restore()
    first.focus()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => {
    if (windows().length === 0) open({ kind: 'home' })
  })
  app.on('web-contents-created', (_, contents) => denyByDefault(contents))
  app.on('before-quit', (event) => {
    if (core.isRunning()) {
      event.preventDefault()
      void core.stop().then(() => app.quit())
    }
  })

  void app.whenReady().then(() => {
    serveApp(join(root, 'dist', 'renderer'))
    serveHostApi({ core, openWindow: open, nativeTheme })
    buildMenu({ openWindow: open, targetOf })
    core.start()
    open(findTarget(process.argv))
  })
}

/** `--project=KEY` names the project to show; anything else shows home. */
function findTarget(argv: readonly string[]): CoreTarget {
  const key = argv.find((argument) => argument.startsWith('--project='))?.slice('--project='.length)
  const target = { kind: 'project', key }
  return isCoreTarget(target) ? target : { kind: 'home' }
}

function isSameProject(a: CoreTarget, b: CoreTarget): boolean {
  return a.kind === 'project' && b.kind === 'project' && a.key === b.key
}
