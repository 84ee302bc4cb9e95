import type { IncomingMessage } from 'node:http'
import type { SessionToken } from './session-token.ts'

export type Refusal = { readonly status: 400 | 401 | 403 | 405 | 413 | 421; readonly reason: string }

/**
 * The rule for every request, taken before any work: the very host and port that were bound, no foreign page behind
 * it, no body, and the token. Null admits. The one door without a token is the redemption of the code.
 */
export function refuseRequest(
  request: IncomingMessage,
  place: { readonly host: string; readonly token: SessionToken },
): Refusal | null {
  const { headers } = request
  if (countHeader(request, 'host') !== 1 || headers.host !== place.host) {
    return { status: 421, reason: 'This address is not served here.' }
  }
  if (headers.origin !== undefined && headers.origin !== `http://${place.host}`) {
    return { status: 403, reason: 'Another page may not ask.' }
  }
  const site = headers['sec-fetch-site']
  // A code is proof by itself, and the link that carries it may stand anywhere.
  if (!isRedemption(request) && site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, reason: 'Another page may not ask.' }
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
    return { status: 413, reason: 'No request here carries a body.' }
  }
  if (isRedemption(request)) return null
  if (!place.token.accepts(headers.cookie)) {
    return { status: 401, reason: 'Open the address that Slipway printed; it works once.' }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, reason: 'Only reading is served.' }
  return null
}

/** A WebSocket is always a page's, so its origin has to be there and has to be ours. */
export function refuseUpgrade(
  request: IncomingMessage,
  place: { readonly host: string; readonly token: SessionToken },
): Refusal | null {
  const refusal = refuseRequest(request, place)
  if (refusal) return refusal
  if (isRedemption(request)) return { status: 401, reason: 'Open the address that Slipway printed; it works once.' }
  if (request.headers.origin === undefined) return { status: 403, reason: 'A WebSocket needs its origin.' }
  return null
}

export function isRedemption(request: IncomingMessage): boolean {
  return request.method === 'GET' && /^\/enter\?code=[\w-]+(&|$)/.test(request.url ?? '')
}

function countHeader(request: IncomingMessage, name: string): number {
  return request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}
