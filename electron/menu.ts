import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import type { CoreTarget } from '../core/domain/host-bridge.ts'

type MenuParts = {
  readonly openWindow: (target: CoreTarget) => BrowserWindow
  readonly targetOf: (window: BrowserWindow) => CoreTarget
}

/** Menu items name commands of the window's own registry; reload and developer keys stay free for the app. */
export function buildMenu({ openWindow, targetOf }: MenuParts): void {
  const isMac = process.platform === 'darwin'
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id,
    ...(accelerator ? { accelerator, registerAccelerator: false } : {}),
    click: (_, window) => (window as BrowserWindow | undefined)?.webContents.send('slipway:command', id),
  })
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: 'File',
      submenu: [
        {
          label: 'New Window',
          id: 'window.new',
          accelerator: 'CmdOrCtrl+Shift+N',
          click: () => void openWindow({ kind: 'home' }),
        },
        {
          label: 'Duplicate Window',
          id: 'window.duplicate',
          click: (_, window) => void openWindow(window ? targetOf(window as BrowserWindow) : { kind: 'home' }),
        },
        { type: 'separator' },
        command('Save', 'file.save', 'CmdOrCtrl+S'),
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        command('Command Palette…', 'palette.open', 'CmdOrCtrl+Shift+P'),
        { type: 'separator' },
        command('Home', 'go.home', 'CmdOrCtrl+1'),
        command('Build', 'go.build', 'CmdOrCtrl+2'),
        command('Runs', 'go.runs'),
        command('Models', 'go.models'),
        command('Ship', 'go.ship'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    {
      label: 'Run',
      submenu: [command('Run stale steps', 'run.stale', 'F5'), command('Stop', 'run.stop', 'Shift+F5')],
    },
    { role: 'windowMenu' },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
