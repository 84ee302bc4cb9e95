import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import type { Image } from '../../../core/domain/image.ts'
import { type BuildOrder, type BuildTools, buildImage, prepareBuild } from '../../../core/images/build-image.ts'
import { createImageProject, type ImageProject, imageParts, layersOf, putModel } from '../../builders/image-project.ts'

let project: ImageProject
let tools: BuildTools
let order: BuildOrder
let image: Omit<Image, 'parity' | 'pushes'>
const scratch = mkdtempSync(join(tmpdir(), 'slipway-unpacked-'))

async function toolsFor(of: ImageProject): Promise<BuildTools> {
  return {
    store: of.store,
    layers: layersOf(of),
    parts: await imageParts(),
    openBase: () => Promise.reject(new Error('no other base in this test')),
    now: () => new Date('2026-02-03T04:05:06Z'),
  }
}

beforeAll(async () => {
  project = await createImageProject()
  tools = await toolsFor(project)
  const { model, evidence } = await putModel(project, 'flowers')
  order = { model, evidence, runtime: 'auto', base: 'auto', platform: 'linux/amd64' }
  image = (await buildImage(tools, order, { report: () => undefined })).image
  await project.store.setReference({
    name: 'flowers:1',
    descriptor: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: image.manifestDigest,
      sizeBytes: project.store.sizeOf(image.manifestDigest) as number,
    },
  })
})
afterAll(() => {
  project.remove()
  rmSync(scratch, { recursive: true, force: true })
})

describe('an image', () => {
  it('is small: at most 160 MiB unpacked and 60 MiB compressed', () => {
    execFileSync('umoci', ['unpack', '--rootless', '--image', `${project.store.folder}:flowers:1`, join(scratch, 'a')])
    const unpacked = sumOf(join(scratch, 'a', 'rootfs'))
    expect(unpacked).toBeLessThanOrEqual(160 * 1024 * 1024)
    expect(image.sizeBytes).toBeLessThanOrEqual(60 * 1024 * 1024)
  })

  it('is read by skopeo, which sees the user, the command and the labels', () => {
    const config = JSON.parse(
      execFileSync('skopeo', ['inspect', '--config', `oci:${project.store.folder}:flowers:1`], { encoding: 'utf8' }),
    )
    expect(config.config.User).toBe('65532:65532')
    expect(config.config.Entrypoint).toEqual(['/slipway/node', '/slipway/server.mjs'])
    expect(config.config.Labels['io.slipway.model.digest']).toBe(order.model.digest)
    expect(config.created).toBe('1970-01-01T00:00:00Z')
  })

  it('has the same manifest digest when it is built again, here and in another project', async () => {
    expect((await buildImage(tools, order, { report: () => undefined })).image.manifestDigest).toBe(
      image.manifestDigest,
    )
    const other = await createImageProject()
    try {
      const { model, evidence } = await putModel(other, 'flowers', { runId: 'another-run', registeredBy: 'another' })
      const { image: again } = await buildImage(
        await toolsFor(other),
        { ...order, model, evidence },
        { report: () => undefined },
      )
      expect(again.manifestDigest).toBe(image.manifestDigest)
    } finally {
      other.remove()
    }
  })

  it('shares every layer but the model between two models', async () => {
    const { model, evidence } = await putModel(project, 'regressor')
    const { image: other } = await buildImage(tools, { ...order, model, evidence }, { report: () => undefined })
    const differing = other.layers.filter(({ digest }, i) => digest !== image.layers[i]?.digest)
    expect(differing.map(({ name }) => name)).toEqual(['model'])
  })
})

describe('a plan', () => {
  it('says what a build would make, and that nothing is left to do after it', async () => {
    const { plan } = await prepareBuild(tools, order)
    expect(plan.layers.map(({ name, cached }) => [name, cached])).toEqual([
      ['base', true],
      ['runtime', true],
      ['dependencies', true],
      ['model', true],
      ['app', true],
    ])
    expect(plan.layers.map(({ sizeBytes }) => sizeBytes)).toEqual(image.layers.map(({ sizeBytes }) => sizeBytes))
    expect(plan).toMatchObject({ user: '65532:65532', platform: 'linux/amd64', base: { kind: 'host' } })
  })

  it('refuses another processor, an unequal ONNX and the python runtime, each by name', async () => {
    const codeOf = (changed: Partial<BuildOrder>) =>
      prepareBuild(tools, { ...order, ...changed }).then(
        () => 'built',
        (error) => (isFailure(error) ? error.code : String(error)),
      )
    expect(await codeOf({ platform: 'linux/arm64' })).toBe('images/platformUnavailable')
    expect(await codeOf({ platform: 'windows/amd64' })).toBe('images/platformUnavailable')
    expect(await codeOf({ runtime: 'python' })).toBe('images/pythonRuntimeAbsent')
    const absent = { ...order.model, onnx: { state: 'absent', reason: 'no converter for KNeighbors' } as const }
    expect(await codeOf({ model: absent })).toBe('images/onnxRefused')
  })
})

function sumOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

it('holds nothing but what it needs: no shell, no package manager, nothing setuid', () => {
  const root = join(scratch, 'a', 'rootfs')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(root.length))
  expect(names.filter((name) => /\/(sh|bash|dash|busybox|npm|apt|dpkg)$/.test(name))).toEqual([])
  expect(files.filter((entry) => (statSync(join(entry.parentPath, entry.name)).mode & 0o6000) !== 0)).toEqual([])
  expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toContain('nonroot:x:65532:65532')
})
