import type { WebContents } from 'electron'
import { appOrigin } from './protocol.ts'

/** What a page may ask for beyond drawing: copying text. Everything else is refused unasked. */
const granted: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Every page of the app, whatever made it: no permissions, no navigation away, no new windows, no webviews. */
export function denyByDefault(contents: WebContents): void {
  contents.session.setPermissionRequestHandler((_, permission, answer) => answer(granted.has(permission)))
  contents.session.setPermissionCheckHandler((_, permission) => granted.has(permission))
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event, url) => {
    if (!isOwnPage(url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}` === appOrigin
}
