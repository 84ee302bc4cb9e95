import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ociMediaTypes } from '../../../core/domain/descriptor.ts'
import type { Digest } from '../../../core/domain/digest.ts'
import { fail } from '../../../core/domain/failure.ts'
import { pullImage } from '../../../core/images/pull.ts'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { createEmbeddedRegistry, type EmbeddedRegistry } from '../../../core/images/registry.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { type SmallImage, writeSmallImage } from '../../builders/small-image.ts'

const run = promisify(execFile)
const root = mkdtempSync(join(tmpdir(), 'slipway-embedded-'))
let store: Store
let other: Store
let registry: EmbeddedRegistry
let host: string
let small: SmallImage
let forbidden: Digest | null = null

beforeAll(async () => {
  store = await createStore(join(root, 'a', 'store'))
  other = await createStore(join(root, 'b', 'store'))
  registry = createEmbeddedRegistry({
    store,
    async allowManifest(digest) {
      if (digest === forbidden) throw fail('models/notApproved', { model: 'wine@1', reason: 'nobody has approved it' })
    },
  })
  host = (await registry.start()).host
  small = await writeSmallImage(other, { size: 300_000 })
})
afterAll(async () => {
  await registry.stop()
  rmSync(root, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`http://${host}/v2/${path}`, { headers, method })

describe('the embedded registry', () => {
  it('takes a push of our client and gives the same bytes to a pull', async () => {
    const result = await pushImage(small.manifest, parseReference(`${host}/team/small:1`), { store: other })
    expect(result.skippedBytes).toBe(0)
    const third = await createStore(join(root, 'c', 'store'))
    const platform = { os: 'linux', architecture: 'amd64' } as const
    const pulled = await pullImage(parseReference(`${host}/team/small:1`), platform, { store: third })
    expect(pulled.manifest.digest).toBe(small.manifest)
    expect(third.has(small.layer)).toBe(true)
  })

  it('is understood by skopeo in both directions', async () => {
    const folder = join(root, 'skopeo')
    const copy = (from: string, to: string) =>
      run('skopeo', ['copy', '--src-tls-verify=false', '--dest-tls-verify=false', from, to])
    await copy(`docker://${host}/team/small:1`, `oci:${folder}:one`)
    await copy(`oci:${folder}:one`, `docker://${host}/team/from-skopeo:2`)
    const tags = await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${host}/team/from-skopeo`])
    expect(JSON.parse(tags.stdout).Tags).toEqual(['2'])
  })

  it('shows nothing of the store that was not pushed to it', async () => {
    const secret = await store.putBytes('a table with people in it', 'application/json')
    expect((await get(`team/small/blobs/${secret.digest}`)).status).toBe(404)
    expect((await get(`team/small/blobs/${secret.digest}`, {}, 'HEAD')).status).toBe(404)
    const hidden = await writeSmallImage(store, { size: 100 })
    await store.setReference({
      name: 'small:9',
      descriptor: { mediaType: ociMediaTypes.manifest, digest: hidden.manifest, sizeBytes: 1 },
    })
    expect((await get(`small/manifests/9`)).status).toBe(404)
    expect((await get(`small/manifests/${hidden.manifest}`)).status).toBe(404)
    const mount = await get(`small/blobs/uploads/?mount=${secret.digest}&from=team/small`, {}, 'POST')
    expect(mount.status).toBe(202)
  })

  it('refuses a manifest that its project does not let out, and one whose blobs were not sent', async () => {
    const unapproved = await writeSmallImage(other, { size: 500, label: 'unapproved' })
    forbidden = unapproved.manifest
    const push = pushImage(unapproved.manifest, parseReference(`${host}/team/door:1`), { store: other })
    await expect(push).rejects.toMatchObject({ code: 'images/registryDenied' })
    expect((await get('team/door/manifests/1')).status).toBe(404)
    const bytes = await other.readBytes(small.manifest)
    const put = await fetch(`http://${host}/v2/elsewhere/manifests/1`, {
      method: 'PUT',
      headers: { 'content-type': ociMediaTypes.manifest },
      body: new Uint8Array(bytes),
    })
    expect(put.status).toBe(404)
    expect(await put.json()).toMatchObject({ errors: [{ code: 'MANIFEST_BLOB_UNKNOWN' }] })
  })

  it('b58: refuses bytes that are not the announced digest', async () => {
    const start = await get('team/small/blobs/uploads/', {}, 'POST')
    const wrong = `sha256:${'0'.repeat(64)}`
    const put = await fetch(`http://${host}${start.headers.get('location')}?digest=${wrong}`, {
      method: 'PUT',
      body: 'these bytes',
    })
    expect(put.status).toBe(400)
    expect(await put.json()).toMatchObject({ errors: [{ code: 'DIGEST_INVALID' }] })
  })

  it('resumes an upload where it stands, and says where that is', async () => {
    const start = await get('team/small/blobs/uploads/', {}, 'POST')
    const url = `http://${host}${start.headers.get('location')}`
    const first = await fetch(url, { method: 'PATCH', headers: { 'content-range': '0-4' }, body: 'hello' })
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-4'])
    const gap = await fetch(url, { method: 'PATCH', headers: { 'content-range': '9-13' }, body: 'world' })
    expect([gap.status, gap.headers.get('range')]).toEqual([416, '0-4'])
    expect((await fetch(url)).headers.get('range')).toBe('0-4')
    const digest = `sha256:${createHash('sha256').update('hello world').digest('hex')}`
    const end = await fetch(`${url}?digest=${digest}`, {
      method: 'PUT',
      headers: { 'content-range': '5-10' },
      body: ' world',
    })
    expect(end.status).toBe(201)
  })

  it('lists tags in pages and referrers by type', async () => {
    for (const tag of ['b', 'a', 'c'])
      await pushImage(small.manifest, parseReference(`${host}/pages/x:${tag}`), { store: other })
    const page = await get('pages/x/tags/list?n=2')
    expect(await page.json()).toEqual({ name: 'pages/x', tags: ['a', 'b'] })
    expect(page.headers.get('link')).toContain('last=b')
    const artifact = await writeSmallImage(other, { size: 10, label: 'evidence', subject: small })
    await pushImage(artifact.manifest, parseReference(`${host}/pages/x:evidence`), { store: other })
    const found = await get(`pages/x/referrers/${small.manifest}?artifactType=application/vnd.test`)
    expect(found.headers.get('oci-filters-applied')).toBe('artifactType')
    expect(await found.json()).toMatchObject({ manifests: [{ digest: artifact.manifest }] })
    const none = await get(`pages/x/referrers/${small.manifest}?artifactType=application/other`)
    expect(await none.json()).toMatchObject({ manifests: [] })
  })

  it('answers under its own address alone, and no web page', async () => {
    const ask = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        request(`http://${host}/v2/`, { headers }, (answer) => resolve(answer.resume().statusCode)).end()
      })
    expect(await ask({})).toBe(200)
    expect(await ask({ host: `localhost:${host.split(':')[1]}` })).toBe(200)
    expect(await ask({ host: 'evil.example:80' })).toBe(403)
    expect(await ask({ host: `127.0.0.1.nip.example:${host.split(':')[1]}` })).toBe(403)
    expect(await ask({ origin: 'https://evil.example' })).toBe(403)
    expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  })

  it('takes a free port when the wanted one is taken', async () => {
    const second = createEmbeddedRegistry({ store: other, allowManifest: async () => undefined })
    const started = await second.start(Number(host.split(':')[1]))
    expect(started.host).not.toBe(host)
    await second.stop()
  })
})
