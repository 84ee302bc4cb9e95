import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Digest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { Credentials } from './docker-credentials.ts'
import { describeCause, discard, type ExchangeRequest, exchange, readBody, readComplaint } from './http-exchange.ts'
import { acceptedManifests } from './oci-manifest.ts'
import { createRegistryAuth } from './registry-auth.ts'
import { outwardLookup, parseDownloadRedirect, registryOrigin, type TrustedRealms } from './registry-hosts.ts'

export type RegistryOptions = {
  readonly plainHttp?: boolean | undefined
  readonly credentials?: Credentials | null | undefined
  readonly trustedRealms?: TrustedRealms | undefined
  readonly signal?: AbortSignal | undefined
  readonly silenceMs?: number | undefined
  /** Pauses before another try; their number is the number of tries. */
  readonly pausesMs?: readonly number[] | undefined
}

export type FetchedManifest = { readonly bytes: Buffer; readonly mediaType: string; readonly digest: Digest }

export type RegistryCall = Omit<ExchangeRequest, 'signal' | 'silenceMs' | 'lookup'> & {
  readonly operation: string
  /** Tried again after a broken line or a passing trouble. Not for a body that can be sent only once. */
  readonly repeatable: boolean
  readonly rights?: string | undefined
}

/** One repository of one registry, over the distribution protocol. */
export type RegistryClient = {
  readonly registry: string
  readonly repository: string
  readonly signal: AbortSignal | undefined
  /** The address of a path below `/v2/<repository>/`. */
  address(path: string): URL
  /** Any answer but 401, 429 and passing 5xx, which are dealt with. */
  call(url: URL, call: RegistryCall): Promise<IncomingMessage>
  /** Null when the registry has none. */
  blobSize(digest: Digest): Promise<number | null>
  openBlob(digest: Digest): Promise<IncomingMessage>
  /** @throws images/notInRegistry, store/digestMismatch */
  manifest(reference: string): Promise<FetchedManifest>
  /** The failure for an answer that was not hoped for; reads its body. */
  toFailure(answer: IncomingMessage, operation: string): Promise<Error>
}

const defaultPausesMs = [200, 1000, 3000]
const longestWaitMs = 30_000
const mostRedirects = 3

export function createRegistryClient(
  registry: string,
  repository: string,
  options: RegistryOptions = {},
): RegistryClient {
  const { plainHttp = false, credentials = null, trustedRealms = {}, signal, silenceMs } = options
  const pausesMs = options.pausesMs ?? defaultPausesMs
  const origin = registryOrigin(registry, plainHttp)
  const auth = createRegistryAuth({ registry, origin, repository, credentials, trustedRealms })
  const address = (path: string) => new URL(`/v2/${repository}/${path}`, origin)

  async function call(url: URL, { operation, repeatable, rights, ...request }: RegistryCall): Promise<IncomingMessage> {
    const isWrite = request.method !== 'GET' && request.method !== 'HEAD'
    const scope = rights ?? `repository:${repository}:${isWrite ? 'pull,push' : 'pull'}`
    let answeredChallenge = false
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted()
      const pauseMs = repeatable ? pausesMs[attempt] : undefined
      const authorization = auth.headerFor(scope)
      let answer: IncomingMessage
      try {
        answer = await exchange(url, {
          ...request,
          headers: { ...request.headers, ...(authorization ? { authorization } : {}) },
          signal,
          silenceMs,
        })
      } catch (cause) {
        signal?.throwIfAborted()
        if (pauseMs === undefined) throw unreachable(cause)
        await sleep(pauseMs, undefined, { signal })
        continue
      }
      const status = answer.statusCode ?? 0
      if (status === 401 && !answeredChallenge) {
        answeredChallenge = true
        const challenge = answer.headers['www-authenticate']
        if (!(await auth.answer({ challenge, scope, sent: authorization }, signal)))
          throw await toFailure(answer, operation)
        discard(answer)
        attempt -= 1
        continue
      }
      if (status !== 429 && status !== 500 && status !== 502 && status !== 503 && status !== 504) return answer
      const asked = readRetryAfter(answer.headers['retry-after'])
      if (pauseMs === undefined || (asked ?? 0) > longestWaitMs) {
        if (status === 429) discard(answer)
        throw status === 429
          ? fail('images/registryBusy', { registry, waitSeconds: asked === null ? null : Math.ceil(asked / 1000) })
          : await toFailure(answer, operation)
      }
      discard(answer)
      await sleep(Math.max(pauseMs, asked ?? 0), undefined, { signal })
    }
  }

  function unreachable(cause: unknown): Error {
    if (isFailure(cause)) return cause
    return fail('images/registryUnreachable', { registry, cause: describeCause(cause) }, { cause })
  }

  async function toFailure(answer: IncomingMessage, operation: string): Promise<Error> {
    const status = answer.statusCode ?? 0
    const said = await readComplaint(answer)
    if (status === 401)
      return fail('images/loginNeeded', { registry, repository, credentials: credentials?.origin ?? 'none' })
    if (status === 403 || status === 413 || status === 507)
      return fail('images/registryDenied', { registry, repository, answer: said || `status ${status}` })
    return fail('images/registryFailed', { registry, operation, status, answer: said })
  }

  async function follow(url: URL, operation: string): Promise<IncomingMessage> {
    let answer = await call(url, { method: 'GET', operation, repeatable: true })
    for (let hop = 0, at = url; isRedirect(answer); hop += 1) {
      discard(answer)
      if (hop === mostRedirects)
        throw fail('images/registryFailed', { registry, operation, status: 310, answer: 'too many redirects' })
      const target = parseDownloadRedirect(answer.headers.location, at, registry)
      const isOther = target.host !== origin.host
      answer = isOther
        ? await exchange(target, { method: 'GET', signal, silenceMs, lookup: outwardLookup }).catch((cause) => {
            throw unreachable(cause)
          })
        : await call(target, { method: 'GET', operation, repeatable: true })
      at = target
    }
    return answer
  }

  return {
    registry,
    repository,
    signal,
    address,
    call,
    toFailure,
    async blobSize(digest) {
      const answer = await call(address(`blobs/${digest}`), {
        method: 'HEAD',
        operation: 'look for a layer',
        repeatable: true,
      })
      discard(answer)
      if (answer.statusCode === 404) return null
      // A registry that keeps its blobs elsewhere answers with where they lie: it has them.
      if (answer.statusCode === 200 || isRedirect(answer)) return Number(answer.headers['content-length'] ?? -1)
      throw await toFailure(answer, 'look for a layer')
    },
    async openBlob(digest) {
      const answer = await follow(address(`blobs/${digest}`), 'give a layer')
      if (answer.statusCode === 200) return answer
      if (answer.statusCode === 404) {
        discard(answer)
        throw fail('images/notInRegistry', { reference: `${registry}/${repository}@${digest}` })
      }
      throw await toFailure(answer, 'give a layer')
    },
    async manifest(reference) {
      const answer = await call(address(`manifests/${reference}`), {
        method: 'GET',
        headers: { accept: acceptedManifests },
        operation: 'give a manifest',
        repeatable: true,
      })
      if (answer.statusCode === 404) {
        discard(answer)
        const separator = reference.startsWith('sha256:') ? '@' : ':'
        throw fail('images/notInRegistry', { reference: `${registry}/${repository}${separator}${reference}` })
      }
      if (answer.statusCode !== 200) throw await toFailure(answer, 'give a manifest')
      const bytes = await readBody(answer).catch((cause) => {
        throw unreachable(cause)
      })
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
      if (reference.startsWith('sha256:') && reference !== digest)
        throw fail('store/digestMismatch', { expected: reference, found: digest })
      return { bytes, digest, mediaType: (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '' }
    },
  }
}

function isRedirect(answer: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)
}

/** Seconds or a date, to milliseconds. */
function readRetryAfter(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
