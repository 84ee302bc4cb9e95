import { type Digest, isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'

/** A name for an image in a registry: `host[:port]/path[:tag][@digest]`. */
export type Reference = {
  /** As given, with its port: `registry.example.org`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly host: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: Digest | null
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?$`)
const longestRepository = 255
const longestReference = 500

export function isRepository(text: string): boolean {
  return text.length <= longestRepository && repositoryPattern.test(text)
}

export function isTag(text: string): boolean {
  return tagPattern.test(text)
}

/**
 * The strict grammar of the distribution specification. A name without a registry is refused, so that nothing is sent
 * to a public place by accident, unless `defaultHost` says where such names belong.
 * @throws images/referenceInvalid saying what is wrong
 */
export function parseReference(text: string, options: { readonly defaultHost?: string } = {}): Reference {
  const refuse = (problem: string) => fail('images/referenceInvalid', { reference: text.slice(0, 120), problem })
  if (text.length > longestReference) throw refuse(`it is longer than ${longestReference} characters`)
  if (text.startsWith('-')) throw refuse('it looks like an option')
  if (!/^[\x21-\x7e]+$/.test(text)) throw refuse('it holds white space or characters other than plain ASCII')

  const [named, digest, ...more] = text.split('@')
  if (digest?.includes('/')) throw refuse('a user name or password does not belong in it')
  if (more.length > 0) throw refuse('it holds more than one @')
  if (digest !== undefined && !isDigest(digest)) throw refuse('its digest is not sha256: and 64 hex digits')

  const { host, path } = splitHost(named as string, options.defaultHost)
  if (host === null) throw refuse('it names no registry')
  if (!hostPattern.test(host) || Number(/:(\d+)$/.exec(host)?.[1] ?? 1) > 65_535 || /:0+$/.test(host))
    throw refuse(`"${host}" is no host name`)
  const colon = path.indexOf(':')
  const repository = colon < 0 ? path : path.slice(0, colon)
  const tag = colon < 0 ? null : path.slice(colon + 1)
  if (repository.length > longestRepository)
    throw refuse(`its repository is longer than ${longestRepository} characters`)
  if (!repositoryPattern.test(repository))
    throw refuse(
      /[A-Z]/.test(repository)
        ? `the repository "${repository}" holds upper-case letters`
        : `"${repository}" is no repository name`,
    )
  if (tag !== null && !tagPattern.test(tag)) throw refuse(`"${tag}" is no tag`)
  return { host: host.toLowerCase(), repository, tag, digest: (digest as Digest | undefined) ?? null }
}

export function describeReference({ host, repository, tag, digest }: Reference): string {
  return `${host}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
}

/** Loopback is what may be spoken to without TLS, and what only this computer reaches. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '')
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** A repository name made of any text: `Wine quality!` → `wine-quality`. */
export function toRepository(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain.slice(0, 100).replace(/-+$/, '') || 'model'
}

function splitHost(text: string, defaultHost: string | undefined): { host: string | null; path: string } {
  const slash = text.indexOf('/')
  const first = slash < 0 ? '' : text.slice(0, slash)
  const isHost = /[.:]/.test(first) || first === 'localhost'
  if (isHost) return { host: first, path: text.slice(slash + 1) }
  if (defaultHost === undefined) return { host: null, path: text }
  return { host: defaultHost, path: slash < 0 && defaultHost === 'docker.io' ? `library/${text}` : text }
}
