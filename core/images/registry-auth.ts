import { fail } from '../domain/failure.ts'
import type { Credentials } from './docker-credentials.ts'
import { describeCause, discard, exchange, readBody } from './http-exchange.ts'
import { parseRealm, type TrustedRealms } from './registry-hosts.ts'

export type RegistryAuth = {
  /** What to send along for these rights, when it is known. */
  headerFor(scope: string): string | null
  /**
   * Answers a 401 to a call that carried `sent`: true when one more try makes sense.
   * @throws images/realmRefused, images/loginNeeded
   */
  answer(refusal: RefusedCall, signal?: AbortSignal): Promise<boolean>
}

export type RefusedCall = {
  readonly challenge: string | undefined
  readonly scope: string
  readonly sent: string | null
}

type AuthOptions = {
  readonly registry: string
  readonly origin: URL
  readonly repository: string
  readonly credentials: Credentials | null
  readonly trustedRealms: TrustedRealms
}

/** Logins for one registry: none, a password, or tokens got for it. They go to that registry and nowhere else. */
export function createRegistryAuth({
  registry,
  origin,
  repository,
  credentials,
  trustedRealms,
}: AuthOptions): RegistryAuth {
  const headers = new Map<string, string>()
  const fetching = new Map<string, Promise<string | null>>()
  const basic = credentials
    ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
    : null
  const loginNeeded = () =>
    fail('images/loginNeeded', { registry, repository, credentials: credentials?.origin ?? 'none' })

  async function fetchToken(parameters: Readonly<Record<string, string>>, scope: string, signal?: AbortSignal) {
    const url = parseRealm(parameters.realm ?? '', registry, origin, trustedRealms)
    if (parameters.service) url.searchParams.set('service', parameters.service)
    for (const right of scope.split(' ')) url.searchParams.append('scope', right)
    const answer = await exchange(url, {
      method: 'GET',
      headers: { accept: 'application/json', ...(basic ? { authorization: basic } : {}) },
      signal,
    }).catch((cause) => {
      throw fail('images/registryUnreachable', { registry: url.host, cause: describeCause(cause) }, { cause })
    })
    if (answer.statusCode !== 200) {
      discard(answer)
      if (answer.statusCode === 401 || answer.statusCode === 403) throw loginNeeded()
      const status = answer.statusCode ?? 0
      throw fail('images/registryFailed', { registry, operation: 'give a token', status, answer: '' })
    }
    return parseToken((await readBody(answer, 256 * 1024)).toString('utf8'))
  }

  /** Several calls may be refused at once for want of the same token. */
  function fetchTokenOnce(parameters: Readonly<Record<string, string>>, scope: string, signal?: AbortSignal) {
    const running = fetching.get(scope)
    if (running) return running
    const token = fetchToken(parameters, scope, signal).finally(() => fetching.delete(scope))
    fetching.set(scope, token)
    return token
  }

  return {
    headerFor: (scope) => headers.get(scope) ?? null,
    async answer({ challenge, scope, sent }, signal) {
      // A call beside this one may have been answered meanwhile.
      if ((headers.get(scope) ?? null) !== sent) return true
      const challenges = parseChallenges(challenge ?? '')
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
      if (bearer) {
        const token = await fetchTokenOnce(bearer.parameters, scope, signal)
        if (token === null) throw loginNeeded()
        headers.set(scope, `Bearer ${token}`)
        return true
      }
      if (!challenges.some(({ scheme }) => scheme === 'basic') || basic === null || sent === basic) return false
      headers.set(scope, basic)
      return true
    },
  }
}

type Challenge = { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> }

/** `Bearer realm="…",service="…", Basic realm="…"` → its parts. */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  const token =
    /(?:([A-Za-z][A-Za-z0-9-]*)\s+(?=[A-Za-z]+=)|)([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))\s*,?\s*/y
  while (token.lastIndex < header.length) {
    const start = token.lastIndex
    const match = token.exec(header)
    if (!match) {
      const bare = /([A-Za-z][A-Za-z0-9-]*)\s*,?\s*/y
      bare.lastIndex = start
      const word = bare.exec(header)
      if (!word) break
      found.push({ scheme: (word[1] as string).toLowerCase(), parameters: {} })
      token.lastIndex = bare.lastIndex
      continue
    }
    if (match[1]) found.push({ scheme: match[1].toLowerCase(), parameters: {} })
    const last = found.at(-1)
    if (last) last.parameters[(match[2] as string).toLowerCase()] = (match[3] ?? match[4] ?? '').replace(/\\(.)/g, '$1')
  }
  return found
}

function parseToken(text: string): string | null {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as { token?: unknown; access_token?: unknown }
    const found = token ?? accessToken
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : null
  } catch {
    return null
  }
}
