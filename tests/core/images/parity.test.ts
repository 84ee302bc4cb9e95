import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import type { Images } from '../../../core/images/create-images.ts'
import type { Engine } from '../../../core/images/docker-engine.ts'
import { createMaterialised } from '../../../core/images/materialise.ts'
import type { BuiltModelName } from '../../builders/built-models.ts'
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

const equalModels: readonly BuiltModelName[] = [
  'flowers',
  'strict',
  'boolean',
  'regressor',
  'transformer',
  'whole',
  'odd',
]
let project: ImageProject
let images: Images
let put: PutModel[]

beforeAll(async () => {
  project = await createImageProject()
  put = await Promise.all(equalModels.map((name) => putModel(project, name)))
  images = await imagesOf(project, modelsOf(project, put, new Set()), { engine: absentEngine })
})
afterAll(async () => {
  await images.close()
  project.remove()
})

describe('parity', () => {
  it.each(equalModels)(
    'of the model "%s" is proved through its own server, every row and every output',
    async (name) => {
      const { parity } = await images.build({ model: name }, quietly)
      const { model } = put.find((one) => one.model.name === name) as PutModel
      expect(parity).toMatchObject({ state: 'passed', level: 'server', first: null, detail: null })
      expect(parity?.outputs).toEqual(model.signature?.outputs.map((output) => output.name))
    },
  )

  it('is asked of the image’s files when the engine is there and cannot load it', async () => {
    const full: Engine = {
      ...absentEngine,
      status: async () => ({ state: 'ready', name: 'full', version: '1', socket: '/full.sock' }),
      findImage: async () => null,
      async load(archive) {
        archive.pipe(new PassThrough()).resume()
        throw fail('images/engineRefused', { operation: 'load the image', answer: 'no space left on device' })
      },
    }
    const crowded = await imagesOf(project, modelsOf(project, put, new Set()), { engine: full })
    expect((await crowded.build({ model: 'flowers' }, quietly)).parity).toMatchObject({
      state: 'passed',
      level: 'server',
    })
    await expect(crowded.parity('flowers', 'container', quietly)).rejects.toMatchObject({
      code: 'images/engineRefused',
    })
    await crowded.close()
  })

  it('reports its rows, and ends when it is cancelled', async () => {
    const rows: number[] = []
    const report = ({ phase, done }: { phase: string; done?: number }) => {
      if (phase === 'parity' && done !== undefined) rows.push(done)
    }
    const parity = await images.parity('flowers', 'server', { report })
    expect(rows.at(-1)).toBe(parity.rows)
    const cancelled = images.parity('flowers', 'server', { report, signal: AbortSignal.abort() })
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
  })
})

it('a local process ends when the core that started it is killed', async () => {
  const image = images.get('flowers')
  const materialised = createMaterialised(project.store)
  const folder = await materialised.folderOf(image)
  const script = new URL('../../fakes/serve-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, folder, `${folder}/node`])
  const [url] = (await once(child.stdout, 'data')) as [Buffer]
  const address = url.toString().trim()
  const isUp = () =>
    fetch(`${address}/healthz`).then(
      () => true,
      () => false,
    )
  expect(await isUp()).toBe(true)
  child.kill('SIGKILL')
  for (let tries = 0; (await isUp()) && tries < 600; tries += 1) await sleep(100)
  expect(await isUp()).toBe(false)
  await materialised.close()
})
