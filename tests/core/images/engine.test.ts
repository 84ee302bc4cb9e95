import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { Image } from '../../../core/domain/image.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { Images } from '../../../core/images/create-images.ts'
import { containerLabels, createDockerEngine } from '../../../core/images/docker-engine.ts'
import { type RealRegistry, startDockerRegistry } from '../../builders/docker-registry.ts'
import {
  createImageProject,
  type ImageProject,
  imagesOf,
  modelsOf,
  type PutModel,
  putModel,
  quietly,
} from '../../builders/image-project.ts'
import { requireEngine } from '../../builders/requirements.ts'

const run = promisify(execFile)
const withEngine = await requireEngine()

withEngine('with a real engine', () => {
  let project: ImageProject
  let images: Images
  let flowers: PutModel
  let image: Image
  let registry: RealRegistry
  let row: JsonValue
  const projectKey = `engine-test-${process.pid}`

  beforeAll(async () => {
    project = await createImageProject()
    registry = await startDockerRegistry()
    flowers = await putModel(project, 'flowers')
    const models = modelsOf(project, [flowers], new Set(['flowers']))
    images = await imagesOf(project, models, { projectKey })
    image = await images.build({ model: 'flowers' }, quietly)
    row = await images.exampleRow('flowers')
  })
  afterAll(async () => {
    await images.close()
    await registry.stop()
    project.remove()
    await run('docker', ['image', 'rm', '--force', 'flowers:1', image.imageId]).catch(() => undefined)
  })

  it('says that it is ready, by name and version', async () => {
    expect(await images.engine()).toMatchObject({ state: 'ready', version: expect.stringMatching(/^\d+\./) })
  })

  it('proves the parity of the container, every row', () => {
    expect(image.parity).toMatchObject({ state: 'passed', level: 'container', differences: 0, first: null })
  })

  it('serves in a container that may do nothing but answer, and removes it', async () => {
    const serving = await images.serve('flowers', { engine: 'docker' }, quietly)
    const [details] = JSON.parse((await run('docker', ['inspect', serving.container as string])).stdout)
    expect(details.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 64,
      Memory: 512 * 1024 * 1024,
    })
    expect(details.Config.User).toBe('65532:65532')
    expect(details.NetworkSettings.Ports['8080/tcp'].map((port: { HostIp: string }) => port.HostIp)).toEqual([
      '127.0.0.1',
    ])
    expect((await images.tryPredict(serving.id, [row])).status).toBe(200)
    for (let tries = 0; images.servings()[0]?.log.length === 0 && tries < 600; tries += 1) await sleep(50)
    expect(images.servings()[0]?.log.join('\n')).toContain('"ready"')
    await images.stopServing(serving.id)
    await expect(run('docker', ['inspect', serving.container as string])).rejects.toThrow()
  })

  it('shows a container that is killed from outside as stopped', async () => {
    const serving = await images.serve('flowers', { engine: 'docker' }, quietly)
    await run('docker', ['kill', serving.container as string])
    for (let tries = 0; images.servings()[0]?.state !== 'stopped' && tries < 600; tries += 1) await sleep(50)
    expect(images.servings()[0]?.state).toBe('stopped')
    await images.stopServing(serving.id)
  })

  it('the image loads into docker and runs under any user, read-only, without capabilities', async () => {
    const file = join(project.folder, 'flowers.tar')
    await images.save('flowers', file, 'docker', quietly)
    expect((await run('docker', ['load', '--input', file])).stdout).toContain('flowers:1')
    const { stdout } = await run('docker', [
      ...['run', '--detach', '--rm', '--read-only', '--user', '12345:12345', '--cap-drop', 'ALL'],
      ...['--security-opt', 'no-new-privileges', '--memory', '512m', '--pids-limit', '64'],
      ...['--publish', '127.0.0.1::8080', 'flowers:1'],
    ])
    await predictThrough(stdout.trim())
  })

  it('is pushed to a real registry, pulled by docker from there, runs, and answers', async () => {
    const { reference, manifestDigest } = await images.push('flowers', `${registry.host}/team/flowers:1`, {}, quietly)
    await run('docker', ['image', 'rm', '--force', 'flowers:1', image.imageId])
    const pulled = await run('docker', ['pull', `${registry.host}/team/flowers@${manifestDigest}`])
    expect(pulled.stdout).toContain(manifestDigest)
    await run('docker', ['pull', reference])
    const { stdout } = await run('docker', ['run', '--detach', '--rm', '--publish', '127.0.0.1::8080', reference])
    await predictThrough(stdout.trim())
    await run('docker', ['image', 'rm', '--force', image.imageId])
  })

  it('is pulled by docker from the embedded registry', async () => {
    const { reference: host } = await images.registry.default()
    const { reference } = await images.push('flowers', `${host}/flowers:1`, {}, quietly)
    await run('docker', ['pull', reference])
    const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', reference])
    expect(stdout.trim()).toBe(image.imageId)
    await run('docker', ['image', 'rm', '--force', image.imageId])
  })

  it('ends what a killed core left running, and no stranger’s container', async () => {
    await images.parity('flowers', 'container', quietly)
    const start = (label: string) =>
      run('docker', ['run', '--detach', '--rm', '--label', label, 'flowers:1']).then(({ stdout }) => stdout.trim())
    const left = await start(`${containerLabels.project}=${projectKey}`)
    const stranger = await start(`${containerLabels.project}=somebody-elses`)
    expect(await createDockerEngine().removeLeftovers(projectKey)).toBe(1)
    await expect(run('docker', ['inspect', left])).rejects.toThrow()
    await run('docker', ['rm', '--force', stranger])
  })

  async function predictThrough(container: string): Promise<void> {
    try {
      const { stdout } = await run('docker', ['port', container, '8080/tcp'])
      const url = `http://${stdout.trim().split('\n')[0]}`
      for (let tries = 0; tries < 600; tries += 1) {
        const isReady = await fetch(`${url}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        )
        if (isReady) break
        await sleep(100)
      }
      const answer = await fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([row]),
      })
      expect(await answer.json()).toMatchObject({ model: { name: 'flowers', digest: flowers.model.digest } })
    } finally {
      await run('docker', ['stop', '--time', '5', container])
    }
  }
})

it('b62: an engine that is not there, or is somewhere else, is named with its remedy, and none is tried instead', async () => {
  const nowhere = createDockerEngine({ DOCKER_HOST: 'unix:///nowhere/docker.sock', PATH: process.env.PATH })
  expect(await nowhere.status()).toMatchObject({ socket: '/nowhere/docker.sock', remedy: expect.any(String) })
  const remote = createDockerEngine({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })
  expect(await remote.status()).toMatchObject({ state: 'denied', socket: 'tcp://10.0.0.1:2375' })
  const failure = await remote.findImage(['x']).catch(describeFailure)
  expect(failure).toMatchObject({ code: 'images/engineUnavailable', exitCode: 3 })
  const silent = createServer(() => undefined)
  const socket = join(tmpdir(), `slipway-silent-${process.pid}.sock`)
  await new Promise<void>((resolve) => silent.listen(socket, resolve))
  const hung = createDockerEngine({ DOCKER_HOST: `unix://${socket}` })
  expect(await hung.status()).toMatchObject({ state: 'stopped', reason: 'it does not answer' })
  silent.close()
})
