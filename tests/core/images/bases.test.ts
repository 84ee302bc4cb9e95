import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ociMediaTypes } from '../../../core/domain/descriptor.ts'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { Image } from '../../../core/domain/image.ts'
import { openHostBase } from '../../../core/images/base-host.ts'
import { choosePlatform } from '../../../core/images/choose-platform.ts'
import type { Images } from '../../../core/images/create-images.ts'
import { dependencyPrograms } from '../../../core/images/layer-contents.ts'
import { createLayers } from '../../../core/images/layers.ts'
import { toOciDescriptor } from '../../../core/images/oci-manifest.ts'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { saveImage } from '../../../core/images/save-image.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { type RealRegistry, startDockerRegistry } from '../../builders/docker-registry.ts'
import {
  absentEngine,
  createImageProject,
  type ImageProject,
  imageParts,
  imagesOf,
  modelsOf,
  putModel,
  quietly,
} from '../../builders/image-project.ts'
import { writeSmallImage } from '../../builders/small-image.ts'

const run = promisify(execFile)
const root = mkdtempSync(join(tmpdir(), 'slipway-bases-'))
const platform = { os: 'linux', architecture: 'amd64' } as const
let project: ImageProject
let images: Images
let registry: RealRegistry
let elsewhere: Store
let base: { readonly manifestDigest: Image['manifestDigest']; readonly imageId: Image['imageId'] }

beforeAll(async () => {
  project = await createImageProject()
  registry = await startDockerRegistry()
  const flowers = await putModel(project, 'flowers')
  images = await imagesOf(project, modelsOf(project, [flowers], new Set()), { engine: absentEngine })
  elsewhere = await createStore(join(root, 'elsewhere', 'store'))
  base = await writeBaseImage(elsewhere)
})
afterAll(async () => {
  await images.close()
  await registry.stop()
  project.remove()
  rmSync(root, { recursive: true, force: true })
})

/** A base such as a distribution publishes: the libraries, and variables of its own. */
async function writeBaseImage(store: Store) {
  const parts = await imageParts()
  const { contents } = await openHostBase([parts.nodeFile, ...dependencyPrograms(parts, platform)], platform)
  const layers = createLayers(store, { find: () => null, remember: () => undefined })
  const layer = await layers.freeze(contents as NonNullable<typeof contents>)
  const config = await store.putBytes(
    JSON.stringify({
      ...platform,
      config: { Env: ['PATH=/usr/bin', 'SECRET_OF_BASE=canary'], User: 'root' },
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
    }),
    ociMediaTypes.config,
  )
  const manifest = await store.putBytes(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociMediaTypes.manifest,
      config: toOciDescriptor(config),
      layers: [toOciDescriptor(layer.descriptor)],
    }),
    ociMediaTypes.manifest,
  )
  await store.setReference({ name: 'slim', descriptor: manifest })
  return {
    manifestDigest: manifest.digest,
    imageId: config.digest,
    layers: [{ ...layer.descriptor, diffId: layer.diffId, name: 'base' as const }],
  }
}

const build = (from: string) => images.build({ model: 'flowers', base: from }, quietly)
const failureOf = (from: string) =>
  build(from).then(
    () => ({ code: 'none', message: '' }),
    (error) => describeFailure(error),
  )

describe('a base on disk', () => {
  it('an OCI layout folder, an OCI tar and what docker saves give an image that answers as the model does', async () => {
    const tar = join(root, 'base.tar')
    await saveImage(elsewhere, base as Image, { repository: 'base', tag: 'slim' }, { file: tar, format: 'oci' })
    const archive = join(root, 'saved.tar')
    await run('skopeo', ['copy', `oci:${elsewhere.folder}:slim`, `docker-archive:${archive}:base:slim`])
    const built: Image[] = []
    for (const from of [
      `oci:${elsewhere.folder}:slim`,
      `oci:${elsewhere.folder}`,
      `oci:${tar}`,
      `docker-archive:${archive}`,
    ])
      built.push(await build(from))
    expect(built.map(({ parity }) => parity?.state)).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(built[0]?.manifestDigest).toBe(built[1]?.manifestDigest)
    expect(built.map(({ layers }) => layers[0]?.diffId)).toEqual(Array(4).fill(built[0]?.layers[0]?.diffId))
    expect(built.some((image) => JSON.stringify(image).includes(root))).toBe(false)
  })

  it('gives the image its own user and none of its variables', async () => {
    const image = await build(`oci:${elsewhere.folder}:slim`)
    const config = JSON.parse(await project.store.readText(image.imageId))
    expect(config.config.User).toBe('65532:65532')
    expect(config.config.Env).toContain('PATH=/usr/bin')
    expect(JSON.stringify(config)).not.toContain('canary')
  })

  it.each([
    ['that is not there', 'oci:nowhere', 'images/baseUnavailable'],
    ['without that tag', () => `oci:${elsewhere.folder}:other`, 'images/baseUnavailable'],
    ['that is no layout', () => `oci:${root}`, 'images/manifestInvalid'],
    ['that is no tar', () => `oci:${notes()}`, 'images/manifestInvalid'],
    ['that is no archive', () => `docker-archive:${notes()}`, 'images/manifestInvalid'],
  ])('one %s is refused', async (_, from, code) => {
    expect((await failureOf(typeof from === 'string' ? from : from())).code).toBe(code)
  })

  it('one without the libraries that the server needs is refused before anything is built', async () => {
    const empty = await createStore(join(root, 'empty', 'store'))
    const small = await writeSmallImage(empty, { size: 10 })
    const descriptor = { mediaType: ociMediaTypes.manifest, digest: small.manifest, sizeBytes: small.sizeBytes }
    await empty.setReference({ name: 'scratch', descriptor })
    const failure = await failureOf(`oci:${empty.folder}:scratch`)
    expect(failure.code).toBe('images/baseUnfit')
    expect(failure.message).toContain('libstdc++.so.6')
  })
})

describe('f27: a base in a registry', () => {
  it('is fetched once; after that its registry may be gone, and its digest stays in the label', async () => {
    await pushImage(base.manifestDigest, parseReference(`${registry.host}/base/slim:12`), { store: elsewhere })
    const first = await build(`${registry.host}/base/slim:12`)
    expect(first.parity?.state).toBe('passed')
    const config = JSON.parse(await project.store.readText(first.imageId))
    expect(config.config.Labels['org.opencontainers.image.base.digest']).toBe(base.manifestDigest)
    const gone = await startDockerRegistry()
    await pushImage(base.manifestDigest, parseReference(`${gone.host}/base/slim:12`), { store: elsewhere })
    await build(`${gone.host}/base/slim@${base.manifestDigest}`)
    await gone.stop()
    expect((await build(`${gone.host}/base/slim@${base.manifestDigest}`)).parity?.state).toBe('passed')
    const missing = await failureOf(`${gone.host}/base/never@${base.manifestDigest}`)
    expect(missing.code).toBe('images/baseUnavailable')
    expect(missing.message).toContain(base.manifestDigest)
  })

  it('that is not there is named', async () => {
    const failure = await failureOf(`${registry.host}/base/none:1`)
    expect(failure.code).toBe('images/notInRegistry')
    expect(failure.message).toContain('base/none:1')
  })

  it('of several platforms gives the one that is asked for, or says which there are', () => {
    const entry = (architecture: string, digit: string) => ({
      mediaType: ociMediaTypes.manifest,
      digest: `sha256:${digit.repeat(64)}` as Image['imageId'],
      size: 1,
      platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
    })
    const entries = [entry('arm64', 'a'), entry('unknown', 'b'), entry('amd64', 'c')]
    expect(choosePlatform(entries, platform, 'x').digest).toBe(entries[2]?.digest)
    expect(() => choosePlatform(entries.slice(0, 2), platform, 'x')).toThrow('only for linux/arm64')
  })
})

function notes(): string {
  const file = join(root, 'notes.tar')
  writeFileSync(file, 'these are notes, and no archive')
  return file
}
