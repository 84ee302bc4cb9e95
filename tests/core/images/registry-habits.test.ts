import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DescribedFailure, describeFailure } from '../../../core/domain/failure.ts'
import { readDockerCredentials } from '../../../core/images/docker-credentials.ts'
import { pullImage } from '../../../core/images/pull.ts'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { parseChallenges } from '../../../core/images/registry-auth.ts'
import {
  parseDownloadRedirect,
  parseLocation,
  parseRealm,
  readTrustedRealms,
  registryOrigin,
} from '../../../core/images/registry-hosts.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { type SmallImage, writeSmallImage } from '../../builders/small-image.ts'
import { type OddRegistry, startOddRegistry } from '../../fakes/odd-registry.ts'

const root = mkdtempSync(join(tmpdir(), 'slipway-habits-'))
const running: OddRegistry[] = []
let store: Store
let small: SmallImage

beforeAll(async () => {
  store = await createStore(join(root, 'store'))
  small = await writeSmallImage(store, { size: 100_000 })
})
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const credentials = { username: 'tester', password: 'the-secret', origin: 'given' as const }
const pausesMs = [5, 5]

async function start(habit: Parameters<typeof startOddRegistry>[0]): Promise<OddRegistry> {
  const registry = await startOddRegistry(habit)
  running.push(registry)
  return registry
}
function push(host: string, options: object = {}): Promise<DescribedFailure | { code: 'none' }> {
  return pushImage(small.manifest, parseReference(`${host}/team/x:1`), { store, pausesMs, ...options }).then(
    () => ({ code: 'none' as const }),
    describeFailure,
  )
}
function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}, body = ''): void {
  response.writeHead(status, headers).end(body)
}

describe('b55: where logins go', () => {
  const origin = new URL('https://registry.example.org/')
  it.each([
    'https://attacker.example/token',
    'https://registry.example.org.attacker.example/token',
    'https://registry.example.org:8443/token',
    'https://169.254.169.254/latest',
    'https://127.0.0.1/token',
    'http://registry.example.org/token',
    'https://user:pw@registry.example.org/token',
    'file:///etc/passwd',
    'no address',
    '',
  ])('never to %s', (realm) => {
    expect(() => parseRealm(realm, 'registry.example.org', origin, {})).toThrow(/refused/)
  })

  it('to the registry itself, to hosts known to be its, and to those that the user allowed', () => {
    expect(parseRealm('https://registry.example.org/token', 'registry.example.org', origin, {}).pathname).toBe('/token')
    const hub = registryOrigin('docker.io', false)
    expect(parseRealm('https://auth.docker.io/token', 'docker.io', hub, {}).host).toBe('auth.docker.io')
    const allowed = readTrustedRealms('registry.example.org=login.example.org,other.example.org; broken; a=b=c')
    expect(allowed).toEqual({ 'registry.example.org': ['login.example.org', 'other.example.org'] })
    expect(parseRealm('https://login.example.org/t', 'registry.example.org', origin, allowed).host).toBe(
      'login.example.org',
    )
    expect(() => parseRealm('https://auth.docker.io/token', 'registry.example.org', origin, {})).toThrow(/refused/)
  })

  it('a registry that sends them elsewhere gets no password there, and the failure names both', async () => {
    const thief = await start((_, response) => answer(response, 200, {}, '{"token":"x"}'))
    const registry = await start((_, response) =>
      answer(response, 401, { 'www-authenticate': `Bearer realm="http://${thief.host}/token",service="x"` }),
    )
    const failure = await push(registry.host, { credentials })
    expect(failure).toMatchObject({ code: 'images/realmRefused', exitCode: 4 })
    expect(thief.seen).toEqual([])
    expect(JSON.stringify(failure)).not.toContain('the-secret')
  })

  it('a token that the registry itself gives is used for the rights that are asked for', async () => {
    const registry = await start((request, response, host) => {
      if (request.url?.startsWith('/token')) return answer(response, 200, {}, '{"token":"abc"}')
      if (request.headers.authorization !== 'Bearer abc')
        return answer(response, 401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="here"` })
      if (request.method === 'HEAD') return answer(response, 404)
      answer(response, 403, {}, '{"errors":[{"code":"DENIED","message":"quota exceeded"}]}')
    })
    const failure = await push(registry.host, { credentials })
    expect(failure).toMatchObject({ code: 'images/registryDenied' })
    expect(JSON.stringify(failure)).toContain('quota exceeded')
    const tokens = registry.seen.filter(({ path }) => path.startsWith('/token'))
    expect(tokens[0]?.path).toContain('scope=repository%3Ateam%2Fx%3Apull')
    expect(tokens[0]?.authorization).toBe(`Basic ${Buffer.from('tester:the-secret').toString('base64')}`)
  })

  it('reads challenges as registries write them', () => {
    expect(parseChallenges('Bearer realm="https://a/t",service="b c",scope="r:x:pull,push", Basic realm=x')).toEqual([
      { scheme: 'bearer', parameters: { realm: 'https://a/t', service: 'b c', scope: 'r:x:pull,push' } },
      { scheme: 'basic', parameters: { realm: 'x' } },
    ])
    expect(parseChallenges('Negotiate, Basic realm="x"').map(({ scheme }) => scheme)).toEqual(['negotiate', 'basic'])
    expect(parseChallenges('=,,"')).toEqual([])
  })
})

describe('b56: where bytes go', () => {
  const current = new URL('https://registry.example.org/v2/x/blobs/uploads/')
  it('an upload stays with the registry, over TLS, whatever it answers', () => {
    const rewritten = parseLocation('http://registry.example.org:80/v2/x?state=1', current, 'registry.example.org')
    expect(rewritten.href).toBe('https://registry.example.org/v2/x?state=1')
    expect(parseLocation('/v2/y', current, 'r').href).toBe('https://registry.example.org/v2/y')
    for (const location of ['https://other.example/x', '//other.example/x', undefined, 'http://169.254.169.254/'])
      expect(() => parseLocation(location, current, 'r')).toThrow(/only to the registry/)
  })

  it('a download may be elsewhere, but not in the clear and not on this machine or its link', () => {
    expect(parseDownloadRedirect('https://cdn.example/x', current, 'r').host).toBe('cdn.example')
    for (const location of [
      'http://cdn.example/x',
      'https://127.0.0.1/x',
      'https://169.254.169.254/x',
      'https://[::1]/',
    ])
      expect(() => parseDownloadRedirect(location, current, 'r')).toThrow(/only to the registry/)
  })

  it('a registry that points an upload to another host gets no bytes there', async () => {
    const thief = await start((_, response) => answer(response, 201))
    const registry = await start((request, response) => {
      if (request.method === 'HEAD') return answer(response, 404)
      answer(response, 202, { location: `http://localhost:${thief.host.split(':')[1]}/v2/team/x/blobs/uploads/1` })
    })
    expect(await push(registry.host)).toMatchObject({ code: 'images/redirectRefused', exitCode: 4 })
    expect(thief.seen).toEqual([])
  })

  it('a login does not follow a download to another host', async () => {
    const layerBytes = await store.readBytes(small.layer)
    const cdn = await start((_, response) => answer(response, 200, {}, layerBytes as unknown as string))
    const registry = await start(
      servingSmall((response) =>
        answer(response, 307, { location: `http://127.0.0.1:${cdn.host.split(':')[1]}/blob` }),
      ),
    )
    const fresh = await createStore(join(root, 'redirected', 'store'))
    await pullImage(
      parseReference(`${registry.host}/team/x:1`),
      { os: 'linux', architecture: 'amd64' },
      {
        store: fresh,
        credentials,
        pausesMs,
      },
    )
    expect(fresh.has(small.layer)).toBe(true)
    expect(cdn.seen.map(({ authorization }) => authorization)).toEqual([undefined])
  })
})

describe('b58: bytes are what their digest says, or nothing', () => {
  it('a layer that differs is thrown away', async () => {
    const registry = await start(servingSmall((response) => answer(response, 200, {}, 'x'.repeat(100_000))))
    const fresh = await createStore(join(root, 'wrong', 'store'))
    const pull = pullImage(
      parseReference(`${registry.host}/team/x:1`),
      { os: 'linux', architecture: 'amd64' },
      {
        store: fresh,
        pausesMs,
      },
    )
    expect(await pull.catch(describeFailure)).toMatchObject({ code: 'store/digestMismatch', exitCode: 5 })
    expect(fresh.has(small.layer)).toBe(false)
  })

  it('a manifest that was changed between push and read-back is no success', async () => {
    const registry = await start((request, response) => {
      if (request.method === 'HEAD') return answer(response, 200, { 'content-length': '1' })
      if (request.method === 'PUT') return answer(response, 201)
      answer(response, 200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, '{"schemaVersion":2}')
    })
    expect(await push(registry.host)).toMatchObject({ code: 'store/digestMismatch' })
  })
})

describe('b57: foreign layers', () => {
  it('addresses in a manifest are not followed', async () => {
    const elsewhere = await start((_, response) => answer(response, 200, {}, 'bytes'))
    const manifest = JSON.parse(await store.readText(small.manifest))
    manifest.layers[0].urls = [`http://${elsewhere.host}/layer`]
    const registry = await start(servingSmall((response) => answer(response, 404), JSON.stringify(manifest)))
    const fresh = await createStore(join(root, 'foreign', 'store'))
    const pull = pullImage(
      parseReference(`${registry.host}/team/x:1`),
      { os: 'linux', architecture: 'amd64' },
      {
        store: fresh,
        pausesMs,
      },
    )
    expect(await pull.catch(describeFailure)).toMatchObject({ code: 'images/notInRegistry' })
    expect(elsewhere.seen).toEqual([])
  })
})

describe('f24: a registry on a bad day', () => {
  it.each([
    [500, 'images/registryFailed'],
    [502, 'images/registryFailed'],
    [503, 'images/registryFailed'],
    [429, 'images/registryBusy'],
    [403, 'images/registryDenied'],
  ])('%i for good is told as it is', async (status, code) => {
    const registry = await start((_, response) => answer(response, status, {}, 'went wrong\u0007\n\n'))
    const failure = await push(registry.host)
    expect(failure.code).toBe(code)
    expect(JSON.stringify(failure)).not.toContain('\\u0007')
    expect(registry.seen.length).toBeGreaterThanOrEqual(status === 403 ? 1 : 3)
  })

  it('429 with a time to wait is waited for', async () => {
    let refused = 0
    const registry = await start((_, response) => {
      refused += 1
      answer(response, refused <= 2 ? 429 : 403, refused <= 2 ? { 'retry-after': '1' } : {})
    })
    const startedAt = performance.now()
    expect((await push(registry.host)).code).toBe('images/registryDenied')
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })

  it('a wait of hours is told, not waited for', async () => {
    const registry = await start((_, response) => answer(response, 429, { 'retry-after': '7200' }))
    const failure = await push(registry.host)
    expect(failure.code).toBe('images/registryBusy')
    expect(JSON.stringify(failure)).toContain('7200 s')
  })

  it('a tag that may not be moved', async () => {
    const registry = await start((request, response) => {
      if (request.method === 'HEAD') return answer(response, 200, { 'content-length': '1' })
      answer(response, 412, {}, '{"errors":[{"code":"PRECONDITION","message":"tag is immutable"}]}')
    })
    expect(await push(registry.host)).toMatchObject({ code: 'images/tagImmutable', exitCode: 4 })
  })

  it('401 in the middle of a push: the token is renewed and the push goes on', async () => {
    let token = 0
    const registry = await start((request, response, host) => {
      if (request.url?.startsWith('/token')) {
        token += 1
        return answer(response, 200, {}, JSON.stringify({ token: `t${token}` }))
      }
      const sent = request.headers.authorization
      const isFresh = request.method === 'PUT' ? sent === 'Bearer t3' : sent !== undefined
      if (!isFresh) return answer(response, 401, { 'www-authenticate': `Bearer realm="http://${host}/token"` })
      if (request.method === 'HEAD') return answer(response, 404)
      if (request.method === 'POST') {
        request.resume()
        return request.on('end', () => answer(response, 202, { location: '/v2/team/x/blobs/uploads/1' }))
      }
      answer(response, 403, {}, 'far enough')
    })
    expect((await push(registry.host)).code).toBe('images/registryDenied')
    expect(registry.seen.some(({ method, authorization }) => method === 'PUT' && authorization === 'Bearer t3')).toBe(
      true,
    )
  })

  it('silence is not waited for for ever', async () => {
    const registry = await start(() => undefined)
    const failure = await push(registry.host, { silenceMs: 100 })
    expect(failure.code).toBe('images/registryUnreachable')
    expect(JSON.stringify(failure)).toContain('silent')
  })
})

describe('what docker login left', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-docker-config-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const auth = Buffer.from('me:pass:word').toString('base64')

  it('is found under the names that docker uses, and only for that registry', async () => {
    const auths = { 'registry.example.org': { auth }, 'https://index.docker.io/v1/': { auth } }
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }))
    const found = { username: 'me', password: 'pass:word' }
    expect(await readDockerCredentials('registry.example.org', folder)).toMatchObject(found)
    expect(await readDockerCredentials('docker.io', folder)).toMatchObject(found)
    expect(await readDockerCredentials('example.org', folder)).toBeNull()
    expect(await readDockerCredentials('__proto__', folder)).toBeNull()
  })

  it.each(['', '{', '[]', '{"auths":null}', '{"auths":{"a":{"auth":7}}}', '{"auths":{"a":{"auth":"%%"}}}'])(
    'is nothing when the file holds %j',
    async (text) => {
      writeFileSync(join(folder, 'config.json'), text)
      expect(await readDockerCredentials('a', folder)).toBeNull()
    },
  )
})

/** A registry with the small image, whose layer is answered as `giveLayer` says. */
function servingSmall(giveLayer: (response: ServerResponse) => void, manifest: string | null = null) {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.includes('/manifests/'))
      return void store
        .readText(small.manifest)
        .then((text) =>
          answer(response, 200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, manifest ?? text),
        )
    if (request.url?.endsWith(small.config))
      return void store.readText(small.config).then((text) => answer(response, 200, {}, text))
    giveLayer(response)
  }
}
