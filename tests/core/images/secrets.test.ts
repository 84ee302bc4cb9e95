import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Image } from '../../../core/domain/image.ts'
import type { Images } from '../../../core/images/create-images.ts'
import { openLayer } from '../../../core/images/open-base.ts'
import {
  absentEngine,
  createImageProject,
  type ImageProject,
  imagesOf,
  modelsOf,
  putModel,
  quietly,
} from '../../builders/image-project.ts'

const canary = 'canary-4f1d0c7e9b'
let project: ImageProject
let images: Images
let image: Image

beforeAll(async () => {
  project = await createImageProject()
  const planted = [
    '.env',
    '.git/config',
    '.aws/credentials',
    'id_rsa',
    '.netrc',
    '.docker/config.json',
    'notebook.ipynb',
  ]
  for (const path of planted) {
    mkdirSync(join(project.folder, path, '..'), { recursive: true })
    writeFileSync(join(project.folder, path), `secret = ${canary}`)
  }
  process.env.PIP_INDEX_URL = `https://user:${canary}@index.example/simple`
  process.env.SLIPWAY_REGISTRY_PASSWORD = canary
  const flowers = await putModel(project, 'flowers')
  images = await imagesOf(project, modelsOf(project, [flowers], new Set()), { engine: absentEngine })
  image = await images.build({ model: 'flowers' }, quietly)
})
afterAll(async () => {
  delete process.env.PIP_INDEX_URL
  delete process.env.SLIPWAY_REGISTRY_PASSWORD
  await images.close()
  project.remove()
})

it('b60: secrets of the project, of the user and of the environment are in no layer, config or manifest', async () => {
  const found: string[] = []
  for (const layer of image.layers)
    if (await holds(openLayer(project.store, { descriptor: layer, diffId: layer.diffId }))) found.push(layer.name)
  for (const digest of [image.imageId, image.manifestDigest])
    if ((await project.store.readText(digest)).includes(canary)) found.push(digest)
  expect(found).toEqual([])
})

it('the model layer holds the model and its description, and no path of this computer', async () => {
  const model = image.layers.find(({ name }) => name === 'model')
  const text = (await project.store.readBytes((model as NonNullable<typeof model>).digest)).toString('latin1')
  expect(text).toContain('slipway/model/model.json')
  expect(text).not.toContain(project.folder)
})

/** Looks through the bytes, over the seams of their parts too. */
async function holds(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  let tail = Buffer.alloc(0)
  for await (const part of bytes) {
    const both = Buffer.concat([tail, part])
    if (both.includes(canary)) return true
    tail = both.subarray(-canary.length)
  }
  return false
}
