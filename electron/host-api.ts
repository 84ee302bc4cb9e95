import { type BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain, shell, BrowserWindow as Window } from 'electron'
import { type CoreTarget, isCoreTarget } from '../core/domain/host-bridge.ts'
import type { CoreProcess } from './core-process.ts'
import { isTrustedFrame } from './trusted-frame.ts'

type HostApiParts = {
  readonly core: CoreProcess
  readonly openWindow: (target: CoreTarget) => BrowserWindow
  readonly nativeTheme: { themeSource: 'system' | 'light' | 'dark' }
}

/** The few things that only the shell can do. Each channel checks who asks and parses what came. */
export function serveHostApi({ core, openWindow, nativeTheme }: HostApiParts): void {
  ipcMain.on('slipway:connect', (event, requestId: unknown, target: unknown) => {
    if (!isTrustedFrame(event.senderFrame) || !Number.isSafeInteger(requestId) || !isCoreTarget(target)) return
    event.senderFrame?.postMessage('slipway:port', requestId, [core.connect(target)])
  })
  answer('slipway:pickFolder', async (event, title) => {
    const window = Window.fromWebContents(event.sender)
    const options = {
      title: String(title).slice(0, 200),
      properties: ['openDirectory' as const, 'createDirectory' as const],
    }
    const chosen = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options)
    return chosen.canceled ? null : (chosen.filePaths[0] ?? null)
  })
  answer('slipway:openWindow', (_, target) => {
    if (isCoreTarget(target)) openWindow(target)
  })
  answer('slipway:openExternal', async (_, url) => {
    if (isWebAddress(url)) await shell.openExternal(url)
  })
  answer('slipway:setTheme', (_, theme) => {
    if (theme === 'system' || theme === 'light' || theme === 'dark') nativeTheme.themeSource = theme
  })
}

/** Refuses by throwing, so that a stranger's call fails instead of looking done. */
function answer(channel: string, run: (event: IpcMainInvokeEvent, input: unknown) => unknown): void {
  ipcMain.handle(channel, (event, input: unknown) => {
    if (!isTrustedFrame(event.senderFrame)) throw new Error(`${channel} refused`)
    return run(event, input)
  })
}

/** https or http, with a host and without credentials. */
export function isWebAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 2_000 || !URL.canParse(value)) return false
  const { protocol, host, username, password } = new URL(value)
  return (protocol === 'https:' || protocol === 'http:') && host !== '' && username === '' && password === ''
}
