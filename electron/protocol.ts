import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { protocol } from 'electron'

const scheme = 'app'
export const appOrigin = `${scheme}://slipway`

/** Monaco styles its lines inline; scripts come from the app alone and nothing is evaluated. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
}

export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer from a table of known files: a path is looked up, never joined. */
export function serveApp(folder: string): void {
  const files = listFiles(folder)
  protocol.handle(scheme, (request) => {
    const file = findFile(files, request.url)
    if (file === null || (request.method !== 'GET' && request.method !== 'HEAD')) {
      return new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } })
    }
    return new Response(new Uint8Array(readFileSync(file)), {
      headers: {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      },
    })
  })
}

/** `/assets/x.js` → absolute file, for every file that the build made. */
export function listFiles(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const visit = (place: string): void => {
    for (const name of readdirSync(place)) {
      const file = join(place, name)
      if (statSync(file).isDirectory()) visit(file)
      else found.set(`/${relative(folder, file).split(sep).join('/')}`, file)
    }
  }
  visit(folder)
  return found
}

/** Null for another host, credentials, an encoded path or any path that is not in the table. */
export function findFile(files: ReadonlyMap<string, string>, url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol !== `${scheme}:` || parsed.host !== 'slipway' || parsed.username !== '') return null
  return files.get(parsed.pathname === '/' ? '/index.html' : parsed.pathname) ?? null
}
