import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { protocol } from 'electron'
import { contentSecurityPolicy, contentTypeOf } from '../core/domain/page-policy.ts'

const scheme = 'app'
export const appOrigin = `${scheme}://slipway`

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
        'content-type': contentTypeOf(extname(file)),
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
