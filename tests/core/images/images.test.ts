import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { Image } from '../../../core/domain/image.ts'
import type { Images } from '../../../core/images/create-images.ts'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { freePort, type RealRegistry, startDockerRegistry } from '../../builders/docker-registry.ts'
import {
  absentEngine,
  createImageProject,
  type ImageProject,
  imagesOf,
  modelsOf,
  type PutModel,
  putModel,
  quietly,
} from '../../builders/image-project.ts'

let project: ImageProject
let images: Images
let flowers: PutModel
let drifting: PutModel
let image: Image
let registry: RealRegistry
const approved = new Set<string>()

beforeAll(async () => {
  project = await createImageProject()
  registry = await startDockerRegistry()
  flowers = await putModel(project, 'flowers')
  drifting = await putModel(project, 'drifting')
  images = await imagesOf(project, modelsOf(project, [flowers, drifting], approved), { engine: absentEngine })
  image = await images.build({ model: 'flowers' }, quietly)
})
afterAll(async () => {
  await images.close()
  await registry.stop()
  project.remove()
})

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => ({ code: 'none', message: '', exitCode: 0 }),
    (error) => describeFailure(error),
  )

describe('without an engine', () => {
  it('a build is followed by its parity, through the image’s own server as a local process', () => {
    expect(image.parity).toMatchObject({ state: 'passed', level: 'server', differences: 0 })
    expect(image.parity?.rows).toBeGreaterThan(10)
    expect(images.get('flowers').manifestDigest).toBe(image.manifestDigest)
    expect(images.get('flowers@1').manifestDigest).toBe(image.manifestDigest)
    expect(images.get(image.manifestDigest.slice(0, 19)).manifestDigest).toBe(image.manifestDigest)
  })

  it('serves the image’s files, answers a recorded row, and leaves nothing when it is stopped', async () => {
    const serving = await images.serve('flowers@1', { engine: 'auto' }, quietly)
    expect(serving).toMatchObject({ engine: 'process', container: null, state: 'healthy', model: 'flowers@1' })
    const row = await images.exampleRow('flowers')
    const answer = await images.tryPredict(serving.id, [row])
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ model: { digest: flowers.model.digest } })
    expect((await images.tryPredict(serving.id, [{ wrong: 1 }])).status).toBe(422)
    const lineage = await fetch(`${serving.url}/lineage`).then((response) => response.text())
    expect(lineage).toContain(flowers.evidence.sources[0]?.digest)
    await images.stopServing(serving.id)
    expect(images.servings()).toEqual([])
    await expect(fetch(serving.url)).rejects.toThrow()
    expect((await failureOf(images.stopServing(serving.id))).code).toBe('images/servingNotFound')
  })

  it('takes a free port when the wanted one is taken', async () => {
    const port = await freePort()
    const first = await images.serve('flowers', { engine: 'process', port }, quietly)
    const second = await images.serve('flowers', { engine: 'process', port }, quietly)
    expect(first.url).toBe(`http://127.0.0.1:${port}`)
    expect(second.url).not.toBe(first.url)
    await Promise.all([images.stopServing(first.id), images.stopServing(second.id)])
  })

  it('says that there is no engine when one is asked for', async () => {
    const failure = await failureOf(images.serve('flowers', { engine: 'docker' }, quietly))
    expect(failure).toMatchObject({ code: 'images/engineUnavailable', exitCode: 3 })
    expect(failure.message).toContain('/nowhere/docker.sock')
    expect((await failureOf(images.parity('flowers', 'container', quietly))).code).toBe('images/engineUnavailable')
  })
})

describe('an image leaves the project', () => {
  it('never without an approval, by our push or by a push from outside into the embedded registry', async () => {
    expect(await failureOf(images.push('flowers', `${registry.host}/a/flowers:1`, {}, quietly))).toMatchObject({
      code: 'models/notApproved',
      exitCode: 4,
    })
    const { url } = await images.registry.start()
    const host = url.slice('http://'.length)
    expect((await failureOf(images.push('flowers', `${host}/flowers:1`, {}, quietly))).code).toBe('models/notApproved')
    const outside = pushImage(image.manifestDigest, parseReference(`${host}/flowers:1`), { store: project.store })
    expect((await failureOf(outside)).code).toBe('images/registryDenied')
    const seen = await fetch(`${url}/v2/flowers/manifests/${image.manifestDigest}`)
    expect(seen.status).toBe(404)
  })

  it('with approval and parity, to a real registry and to the embedded one, and can be traced from there', async () => {
    approved.add('flowers')
    const push = await images.push('flowers', `${registry.host}/a/flowers:1`, {}, quietly)
    expect(push).toMatchObject({ manifestDigest: image.manifestDigest, pushedBy: 'tester', skippedBytes: 0 })
    const mounted = await images.push('flowers', `${registry.host}/b/flowers:1`, {}, quietly)
    expect(mounted.uploadedBytes).toBe(0)
    const { reference, embedded } = await images.registry.default()
    expect(embedded).toBe(true)
    const here = await images.push('flowers', `${reference}/flowers:1`, {}, quietly)
    const served = await fetch(`http://${reference}/v2/flowers/manifests/1`)
    expect(served.headers.get('docker-content-digest')).toBe(here.manifestDigest)
    expect(images.get('flowers').pushes).toHaveLength(3)
    const up = project.lineage.walk(`push:${push.reference}@${push.manifestDigest}`, 'up')
    expect(up.nodes.map(({ kind }) => kind).sort()).toEqual(['approval', 'image', 'image', 'modelVersion', 'push'])
  })

  it('not while it answers differently: row, column and both values are named', async () => {
    approved.add('drifting')
    const built = await images.build({ model: 'drifting' }, quietly)
    expect(built.parity).toMatchObject({ state: 'failed' })
    const failure = await failureOf(images.push('drifting', `${registry.host}/a/drifting:1`, {}, quietly))
    expect(failure).toMatchObject({ code: 'images/parityFailed', exitCode: 4 })
    expect(failure.message).toMatch(/row \d+, .+recorded .+served/)
    const outside = pushImage(
      built.manifestDigest,
      parseReference(`${(await images.registry.default()).reference}/x:1`),
      {
        store: project.store,
      },
    )
    expect((await failureOf(outside)).code).toBe('images/registryDenied')
  })

  it('not while a licence is unstated, unless that was seen', async () => {
    const data = [{ ...(flowers.evidence.data[0] as object), licence: null }] as never
    const models = {
      ...modelsOf(project, [flowers], approved),
      evidence: async () => ({ ...flowers.evidence, data }),
    }
    const unstated = await imagesOf(project, models, { engine: absentEngine })
    const push = (acknowledgeUnstatedLicence: boolean) =>
      unstated.push('flowers', `${registry.host}/a/flowers:2`, { acknowledgeUnstatedLicence }, quietly)
    expect(await failureOf(push(false))).toMatchObject({ code: 'images/licenceUnstated', exitCode: 4 })
    expect((await push(true)).manifestDigest).toBe(image.manifestDigest)
    await unstated.close()
  })

  it('not while its parity is unknown', async () => {
    const other = await putModel(project, 'regressor', { predictionsDigest: null })
    const models = { ...modelsOf(project, [other], new Set(['regressor'])), predictions: async () => null }
    const unknown = await imagesOf(project, models, { engine: absentEngine })
    expect((await unknown.build({ model: 'regressor' }, quietly)).parity?.state).toBe('unknown')
    expect(await failureOf(unknown.push('regressor', `${registry.host}/a/r:1`, {}, quietly))).toMatchObject({
      code: 'images/parityUnknown',
      exitCode: 4,
    })
    await unknown.close()
  })
})

it('leaves no process and no file behind when the project is closed', async () => {
  const mine = await imagesOf(project, modelsOf(project, [flowers], approved), { engine: absentEngine })
  const serving = await mine.serve('flowers', { engine: 'process' }, quietly)
  const { url } = await mine.registry.start()
  await mine.close()
  await expect(fetch(serving.url)).rejects.toThrow()
  await expect(fetch(url)).rejects.toThrow()
})
