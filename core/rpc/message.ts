/** The one wire error. What it holds is the application's: rpc only carries it. */
export type WireError = { readonly code: string; readonly message: string; readonly [key: string]: unknown }

export type ClientMessage =
  | { readonly t: 'call'; readonly id: number; readonly path: string; readonly input: unknown }
  | { readonly t: 'close'; readonly id: number }

export type ServerMessage =
  | { readonly t: 'result'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: WireError }
  | { readonly t: 'event'; readonly id: number; readonly value: unknown }
  | { readonly t: 'opened'; readonly id: number }

/** A two-way line of structured messages: JSON values and bytes (`asBytes`), so that every transport carries the same. */
export type Transport = {
  /** @throws MessageTooLong: then nothing was sent, and the line lives on */
  send(message: ClientMessage | ServerMessage): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** Narrows what arrived from an untrusted peer. */
export function isClientMessage(value: unknown): value is ClientMessage {
  if (typeof value !== 'object' || value === null) return false
  const message = value as { t?: unknown; id?: unknown; path?: unknown }
  if (typeof message.id !== 'number' || !Number.isSafeInteger(message.id)) return false
  return (
    message.t === 'close' || (message.t === 'call' && typeof message.path === 'string' && message.path.length < 200)
  )
}

export function isServerMessage(value: unknown): value is ServerMessage {
  if (typeof value !== 'object' || value === null) return false
  const message = value as { t?: unknown; id?: unknown }
  return typeof message.id === 'number' && ['result', 'error', 'event', 'opened'].includes(String(message.t))
}
