/**
 * What a window, the shell and the core process say to each other before the typed contract takes over.
 * The shell's main process posts `ConnectMessage` to core with one port; core serves that port.
 * In the window the preload hands the other end over as a `PortMessage` carrying that port.
 */
export type CoreTarget = { readonly kind: 'home' } | { readonly kind: 'project'; readonly key: string }

/** main → core, with the port in `ports[0]`. */
export type ConnectMessage = { readonly type: 'connect'; readonly target: CoreTarget }

/** preload → window, by `window.postMessage`, with the port in `event.ports[0]`. */
export type PortMessage = { readonly type: 'slipway:port'; readonly requestId: number }

/** What the preload exposes as `window.slipway`; absent in the browser host. */
export type HostBridge = {
  readonly host: 'electron'
  /** Asks for a line to core; the answer is a PortMessage with the same requestId. */
  connect(requestId: number, target: CoreTarget): void
  /** The system's folder dialog; null when it was left. */
  pickFolder(title: string): Promise<string | null>
  /** Where a file lies that the page was given by a drop or a paste (the DOM's File); empty where it is none of a disk. */
  pathOfFile(file: object): string
  openWindow(target: CoreTarget): Promise<void>
  /** https and http only, checked in the main process. */
  openExternal(url: string): Promise<void>
  setTheme(theme: 'system' | 'light' | 'dark'): Promise<void>
  /** A command chosen in the native menu, by its id. */
  onCommand(listener: (id: string) => void): () => void
  /** Core died and was started again: every line is gone and has to be asked for anew. */
  onCoreRestart(listener: () => void): () => void
}

export function isCoreTarget(value: unknown): value is CoreTarget {
  if (typeof value !== 'object' || value === null) return false
  const target = value as { kind?: unknown; key?: unknown }
  return (
    target.kind === 'home' ||
    (target.kind === 'project' && typeof target.key === 'string' && /^[a-z0-9-]{1,80}$/.test(target.key))
  )
}
