import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { fail, isFailure } from '../domain/failure.ts'
import type { EngineStatus } from '../domain/image.ts'
import { readEngineVersion } from './engine-version.ts'
import { toLine } from './http-exchange.ts'
import { servedPort } from './plan-image.ts'

/** The labels that tell our containers from everybody else's. */
export const containerLabels = { project: 'io.slipway.project', serving: 'io.slipway.serving' } as const

export type ContainerOrder = {
  /** An image id or a name that the engine has. */
  readonly image: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** 0 lets the engine choose. */
  readonly port: number
}

export type RunningContainer = {
  readonly id: string
  readonly port: number
  /** Lines of both streams as they come, until the container is gone. */
  follow(onLine: (line: string) => void): Promise<void>
  /** Null while it runs. */
  exitCode(): Promise<number | null>
  stop(): Promise<void>
}

/** The part of a container engine that Slipway uses. */
export type Engine = {
  status(): Promise<EngineStatus>
  /** Whether the engine has the image, by its id or by its manifest digest. Gives the name to run it by. */
  findImage(names: readonly string[]): Promise<string | null>
  load(archive: Readable, signal?: AbortSignal): Promise<void>
  run(order: ContainerOrder): Promise<RunningContainer>
  /** Ends what an earlier process of this project left running; touches nothing else. */
  removeLeftovers(project: string): Promise<number>
}

const memoryBytes = 512 * 1024 * 1024
const mostProcesses = 64
const stopSeconds = 10

type SocketChoice = { readonly path: string } | { readonly refused: string; readonly shown: string }

/** The engine on this computer, over its socket. Another one is never tried instead. */
export function createDockerEngine(environment: NodeJS.ProcessEnv = process.env): Engine {
  const choice = chooseSocket(environment)
  const socket = 'path' in choice ? choice.path : choice.shown
  let opening: Promise<Docker> | null = null

  /** The client of the engine, loaded when something is to be done with it. */
  function open(socketPath: string): Promise<Docker> {
    opening ??= import('dockerode').then(({ default: Client }) => new Client({ socketPath }))
    return opening
  }

  async function use<Result>(operation: string, work: (docker: Docker) => Promise<Result>): Promise<Result> {
    if ('refused' in choice) throw fail('images/engineUnavailable', { socket, cause: choice.refused })
    const docker = await open(choice.path)
    try {
      return await work(docker)
    } catch (cause) {
      if (isFailure(cause)) throw cause
      const { code, statusCode } = cause as { code?: string; statusCode?: number }
      if (statusCode === undefined && code !== undefined && code !== 'ABORT_ERR')
        throw fail('images/engineUnavailable', { socket, cause: describeCode(code) }, { cause })
      throw fail('images/engineRefused', { operation, answer: answerOf(cause) }, { cause })
    }
  }

  return {
    async status() {
      if ('refused' in choice) {
        return {
          state: 'denied',
          reason: choice.refused,
          remedy: 'Unset DOCKER_HOST, or point it to a local socket.',
          socket,
        }
      }
      try {
        const { version, name } = await readEngineVersion(choice.path)
        return { state: 'ready', name: name ?? 'Docker', version, socket }
      } catch (error) {
        return {
          ...describeAbsence((error as { code?: string }).code ?? (error as Error).message, environment),
          socket,
        }
      }
    },
    findImage: (names) =>
      use('look for the image', async (engine) => {
        for (const name of names) {
          const found = await engine
            .getImage(name)
            .inspect()
            .catch((error: { statusCode?: number }) => {
              if (error.statusCode === 404) return null
              throw error
            })
          if (found) return name
        }
        return null
      }),
    load: (archive, signal) =>
      use('load the image', async (engine) => {
        const answer = await engine.loadImage(archive, { quiet: true, abortSignal: signal } as object)
        await new Promise<void>((resolve, reject) => {
          engine.modem.followProgress(
            answer,
            (error) => (error ? reject(error) : resolve()),
            (event: { error?: string }) => {
              if (event.error) reject(new Error(event.error))
            },
          )
        })
      }),
    run: (order) => use('start the container', (engine) => startContainer(engine, order)),
    async removeLeftovers(project) {
      if ('refused' in choice || !existsSync(socket)) return 0
      return use('look for containers', async (engine) => {
        const filters = { label: [`${containerLabels.project}=${project}`] }
        const left = await engine.listContainers({ all: true, filters })
        for (const { Id: id } of left) await engine.getContainer(id).remove({ force: true, v: true })
        return left.length
      })
    },
  }
}

async function startContainer(engine: Docker, order: ContainerOrder): Promise<RunningContainer> {
  const portName = `${servedPort}/tcp`
  const create = (port: number) =>
    engine.createContainer({
      Image: order.image,
      name: order.name,
      Labels: { ...order.labels },
      ExposedPorts: { [portName]: {} },
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Memory: memoryBytes,
        MemorySwap: memoryBytes,
        PidsLimit: mostProcesses,
        RestartPolicy: { Name: 'no' },
        // The default bridge: a container without a network cannot publish its port.
        PortBindings: { [portName]: [{ HostIp: '127.0.0.1', HostPort: port === 0 ? '' : String(port) }] },
      },
    })
  let container = await create(order.port)
  try {
    await container.start()
  } catch (error) {
    await container.remove({ force: true, v: true })
    if (order.port === 0 || !/already (allocated|in use)|address already/i.test(answerOf(error))) throw error
    container = await create(0)
    await container.start().catch(async (again) => {
      await container.remove({ force: true, v: true })
      throw again
    })
  }
  const details = await container.inspect()
  const port = Number(details.NetworkSettings.Ports[portName]?.[0]?.HostPort ?? 0)
  return {
    id: details.Id,
    port,
    async follow(onLine) {
      const stream = await container.logs({ follow: true, stdout: true, stderr: true })
      await readFrames(stream as unknown as Readable, onLine)
    },
    async exitCode() {
      const { State: state } = await container.inspect()
      return state.Running ? null : state.ExitCode
    },
    async stop() {
      const isGone = (error: { statusCode?: number }) => {
        if (error.statusCode !== 304 && error.statusCode !== 404 && error.statusCode !== 409) throw error
      }
      await container.stop({ t: stopSeconds }).catch(isGone)
      await container.remove({ force: true, v: true }).catch(isGone)
    },
  }
}

/** The engine sends both streams in one, in frames of eight bytes of head and a body. */
async function readFrames(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let waiting = Buffer.alloc(0)
  let text = ''
  for await (const part of stream) {
    waiting = Buffer.concat([waiting, part as Buffer])
    while (waiting.length >= 8) {
      const length = waiting.readUInt32BE(4)
      if (waiting.length < 8 + length) break
      text += waiting.toString('utf8', 8, 8 + length)
      waiting = waiting.subarray(8 + length)
    }
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  if (text !== '') onLine(text)
}

/** DOCKER_HOST when it is set, and then nothing else; otherwise the usual places. */
function chooseSocket(environment: NodeJS.ProcessEnv): SocketChoice {
  const wanted = environment.DOCKER_HOST
  if (wanted) {
    const local = /^(?:unix|npipe):\/\/(.+)$/.exec(wanted)?.[1]
    return local
      ? { path: local }
      : { refused: 'DOCKER_HOST names an engine on another machine, which cannot serve on this one', shown: wanted }
  }
  if (process.platform === 'win32') return { path: '//./pipe/docker_engine' }
  const places = [
    '/var/run/docker.sock',
    ...(environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
  ]
  return { path: places.find((place) => existsSync(place)) ?? '/var/run/docker.sock' }
}

function describeAbsence(
  code: string,
  environment: NodeJS.ProcessEnv,
): { state: 'stopped' | 'denied' | 'absent'; reason: string; remedy: string } {
  if (code === 'EACCES' || code === 'EPERM')
    return {
      state: 'denied',
      reason: 'this user may not use the engine',
      remedy: 'Add yourself to the group "docker" and log in again, or use a rootless engine.',
    }
  if (code === 'ENOENT' && !isInstalled(environment))
    return {
      state: 'absent',
      reason: 'no container engine is installed',
      remedy: 'Install Docker to serve in a container; building, serving as a local process and pushing need none.',
    }
  return { state: 'stopped', reason: describeCode(code), remedy: 'Start Docker, then look again.' }
}

function isInstalled(environment: NodeJS.ProcessEnv): boolean {
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/bin']
  return folders.some((folder) => ['docker', 'dockerd', 'docker.exe'].some((name) => existsSync(join(folder, name))))
}

function describeCode(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'its socket is not there: it is not running',
    ECONNREFUSED: 'it is not running',
    ECONNRESET: 'it went away',
    EPIPE: 'it went away',
    EACCES: 'this user may not use it',
    ETIMEDOUT: 'it does not answer',
  }
  return words[code] ?? code
}

function answerOf(error: unknown): string {
  const { json, reason, message } = error as { json?: { message?: string }; reason?: string; message?: string }
  return toLine(json?.message ?? message ?? reason ?? String(error))
}
