import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { Image } from '../../../core/domain/image.ts'
import { buildImage } from '../../../core/images/build-image.ts'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { type CuttingProxy, startCuttingProxy } from '../../builders/cutting-proxy.ts'
import { freePort, type RealRegistry, startDockerRegistry } from '../../builders/docker-registry.ts'
import { createImageProject, type ImageProject, imageParts, layersOf, putModel } from '../../builders/image-project.ts'

let project: ImageProject
let image: Omit<Image, 'parity' | 'pushes'>
let registry: RealRegistry

beforeAll(async () => {
  project = await createImageProject()
  registry = await startDockerRegistry()
  const { model, evidence } = await putModel(project, 'flowers')
  image = (
    await buildImage(
      {
        store: project.store,
        layers: layersOf(project),
        parts: await imageParts(),
        openBase: () => Promise.reject(new Error('no other base in this test')),
        now: () => new Date(0),
      },
      { model, evidence, runtime: 'auto', base: 'auto', platform: 'linux/amd64' },
      { report: () => undefined },
    )
  ).image
})
afterAll(async () => {
  project.remove()
  await registry.stop()
})

const push = (reference: string, options: object = {}) =>
  pushImage(image.manifestDigest, parseReference(reference), { store: project.store, ...options })
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'pushed',
    (error) => describeFailure(error).code,
  )

describe('a push to a real registry', () => {
  it('sends every layer, reads the manifest back by digest, and sends nothing the second time', async () => {
    const first = await push(`${registry.host}/team/flowers:1`)
    expect(first).toMatchObject({ manifestDigest: image.manifestDigest, skippedBytes: 0 })
    expect(first.uploadedBytes).toBeGreaterThan(image.sizeBytes)
    const again = await push(`${registry.host}/team/flowers:2`)
    expect(again).toMatchObject({ uploadedBytes: 0, skippedBytes: first.uploadedBytes })
    const served = await fetch(`http://${registry.host}/v2/team/flowers/manifests/${image.manifestDigest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    })
    expect(served.status).toBe(200)
  })

  it('mounts layers from a repository that has them', async () => {
    const mounted = await push(`${registry.host}/team/flowers-mounted:1`, { mountFrom: ['team/flowers'] })
    expect(mounted.uploadedBytes).toBe(0)
  })

  it('reports progress up to the whole', async () => {
    const seen: { done: number; total: number }[] = []
    await push(`${registry.host}/team/progress:1`, {
      report: ({ phase, done = 0, total = 0 }: { phase: string; done?: number; total?: number }) => {
        if (phase === 'upload') seen.push({ done, total })
      },
    })
    expect(seen.every(({ done }, i) => done >= (seen[i - 1]?.done ?? 0))).toBe(true)
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total)
  })
})

describe('f24: a line that breaks', () => {
  let proxy: CuttingProxy
  beforeAll(async () => {
    proxy = await startCuttingProxy(registry.host)
  })
  afterAll(() => proxy.stop())

  it('cut in the middle of layers, the push goes on and ends whole', async () => {
    proxy.cutAfter([5_000_000, 9_000_000])
    const result = await push(`${proxy.host}/cut/flowers:1`, { pausesMs: [20, 50, 100], chunkBytes: 4_000_000 })
    expect(proxy.cuts()).toBe(2)
    expect(result.manifestDigest).toBe(image.manifestDigest)
  })

  it('cut for good, it says so, moves no tag, and the next push sends only what is missing', async () => {
    proxy.breakAfter(30_000_000)
    const code = await codeOf(push(`${proxy.host}/cut/later:1`, { pausesMs: [10, 10] }))
    expect(['images/uploadCutOff', 'images/registryUnreachable']).toContain(code)
    const tag = await fetch(`http://${registry.host}/v2/cut/later/manifests/1`)
    expect(tag.status).toBe(404)
    const result = await push(`${registry.host}/cut/later:1`)
    expect(result.skippedBytes).toBeGreaterThan(0)
  })

  it('nobody there: the registry is named', async () => {
    const port = await freePort()
    expect(await codeOf(push(`127.0.0.1:${port}/a/b:1`, { pausesMs: [10] }))).toBe('images/registryUnreachable')
  })
})

describe('a registry that demands a login', () => {
  let closed: RealRegistry
  beforeAll(async () => {
    closed = await startDockerRegistry({ login: true })
  })
  afterAll(() => closed.stop())
  const given = (password: string) => ({ credentials: { username: 'tester', password, origin: 'given' as const } })

  it('is told apart from one that does not accept the password, and neither failure shows it', async () => {
    expect(await codeOf(push(`${closed.host}/a/b:1`))).toBe('images/loginNeeded')
    const failure = await push(`${closed.host}/a/b:1`, given('wrong-secret')).catch((error) => error)
    expect(describeFailure(failure).message).toContain('does not accept')
    expect(JSON.stringify([describeFailure(failure), failure.stack])).not.toContain('wrong-secret')
  })

  it('takes the push with the right password', async () => {
    expect(await push(`${closed.host}/a/b:1`, given('open-sesame'))).toMatchObject({ skippedBytes: 0 })
  })
})
