import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { fail } from '../domain/failure.ts'
import { isLoopback } from './reference.ts'

/** Registry → the other hosts that its logins may be sent to. */
export type TrustedRealms = Readonly<Record<string, readonly string[]>>

/** Public registries whose login lies on another host, as their documentation says. */
const knownRealms: TrustedRealms = {
  'docker.io': ['auth.docker.io'],
  'registry-1.docker.io': ['auth.docker.io'],
  'registry.gitlab.com': ['gitlab.com'],
}

/** `REGISTRY=HOST,HOST;REGISTRY=HOST`, as SLIPWAY_TRUSTED_REALMS holds it. What is not of that form allows nothing. */
export function readTrustedRealms(text: string | undefined): TrustedRealms {
  const entries = (text ?? '').split(';').flatMap((part) => {
    const [registry, hosts, ...more] = part.split('=').map((word) => word.trim())
    return registry && hosts && more.length === 0
      ? [[registry, hosts.split(',').map((host) => host.trim())] as const]
      : []
  })
  return Object.fromEntries(entries)
}

/** The address of a registry's API. TLS, but for loopback and where the user said otherwise. */
export function registryOrigin(host: string, plainHttp: boolean): URL {
  const isPlain = plainHttp || isLoopback(host)
  return new URL(`${isPlain ? 'http' : 'https'}://${host === 'docker.io' ? 'registry-1.docker.io' : host}/`)
}

/**
 * Where a registry may send for a token: itself, or a host that is known to be its. TLS is kept.
 * @throws images/realmRefused
 */
export function parseRealm(realm: string, registry: string, origin: URL, trusted: TrustedRealms): URL {
  const refuse = (reason: string) => fail('images/realmRefused', { registry, realm: realm.slice(0, 200), reason })
  let url: URL
  try {
    url = new URL(realm)
  } catch {
    throw refuse('it is no address')
  }
  if (url.username !== '' || url.password !== '') throw refuse('it carries a user name of its own')
  const isSame = url.hostname === origin.hostname && (url.port === origin.port || url.port === '')
  const allowed = [...(knownRealms[registry] ?? []), ...(trusted[registry] ?? [])]
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && origin.protocol === 'http:' && isSame))
    throw refuse('it is not TLS')
  if (!isSame && !allowed.includes(url.host)) throw refuse(`${url.host} is another host, and nobody allowed it`)
  return url
}

/**
 * Where an upload goes on. The same registry always, over the line that we chose, whatever scheme or port it thinks of.
 * @throws images/redirectRefused
 */
export function parseLocation(location: string | undefined, current: URL, registry: string): URL {
  let target: URL
  try {
    target = new URL(location ?? '', current)
  } catch {
    throw fail('images/redirectRefused', { registry, target: String(location).slice(0, 200) })
  }
  if (location === undefined || target.hostname !== current.hostname)
    throw fail('images/redirectRefused', { registry, target: location ? target.origin : 'nowhere' })
  return new URL(`${target.pathname}${target.search}`, current.origin)
}

/**
 * Where bytes may be fetched from when a registry points elsewhere. No login goes there; TLS is kept.
 * @throws images/redirectRefused
 */
export function parseDownloadRedirect(location: string | undefined, current: URL, registry: string): URL {
  const refuse = (target: string) => fail('images/redirectRefused', { registry, target: target.slice(0, 200) })
  if (location === undefined) throw refuse('nowhere')
  let target: URL
  try {
    target = new URL(location, current)
  } catch {
    throw refuse(location)
  }
  if (target.protocol !== 'https:' && target.protocol !== current.protocol) throw refuse(target.origin)
  if (target.hostname !== current.hostname && isInward(target.hostname) && !isLoopback(current.host))
    throw refuse(target.origin)
  return target
}

/** Refuses names that lead to this machine or to its link, at the moment of connecting. */
export const outwardLookup: LookupFunction = (name, options, callback) => {
  resolveName(name, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4)
    const inward = addresses.find(({ address }) => isInward(address))
    if (inward) return callback(new Error(`${name} leads to ${inward.address}`), '', 4)
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    return first ? callback(null, first.address, first.family) : callback(new Error(`${name} leads nowhere`), '', 4)
  })
}

/** Loopback, link-local (where clouds keep their metadata) and unspecified addresses. */
function isInward(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '')
  if (isIP(address) === 0) return address === 'localhost' || address.endsWith('.localhost')
  return /^(127\.|0\.|169\.254\.)/.test(address) || /^(::1?$|fe[89ab][0-9a-f]:)/i.test(address)
}
