import { fail } from '../domain/failure.ts'
import type { Image } from '../domain/image.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Store } from '../store/store.ts'
import { openContainerDoor } from './container-door.ts'
import type { Engine } from './docker-engine.ts'
import type { Materialised } from './materialise.ts'
import { describePlatform, hostArchitecture } from './platform.ts'
import { openProcessDoor } from './process-door.ts'
import { toRepository } from './reference.ts'
import type { ImageTag } from './save-image.ts'
import type { ServingDoor } from './serving-door.ts'
import { waitUntilReady } from './wait-until-ready.ts'

export type DoorTools = {
  readonly store: Store
  readonly engine: Engine
  readonly materialised: Materialised
  readonly project: string
}

export type DoorOrder = {
  readonly engine: 'auto' | 'docker' | 'process'
  readonly port: number
  readonly report: ReportProgress
  readonly signal?: AbortSignal | undefined
}

/**
 * Starts the image and waits until it answers: in a container, or its files as a local process; `auto` takes the
 * engine when one answers. @throws images/engineUnavailable, images/engineRefused, images/servingFailed
 */
export async function openDoor(tools: DoorTools, image: Image, order: DoorOrder): Promise<ServingDoor> {
  const { report, signal } = order
  const model = `${image.model.name}@${image.model.version}`
  const engine = order.engine === 'auto' ? await chooseEngine(tools.engine) : order.engine
  report({ phase: 'start', fact: engine === 'docker' ? 'in a container' : 'as a local process' })
  const door =
    engine === 'docker' ? await openInContainer(tools, image, order) : await openAsProcess(tools, image, order)
  try {
    report({ phase: 'health', fact: door.url })
    await waitUntilReady(door, model, signal)
    return door
  } catch (error) {
    await door.stop()
    throw error
  }
}

export function tagOf({ model }: Pick<Image, 'model'>): ImageTag {
  return { repository: toRepository(model.name), tag: String(model.version) }
}

async function chooseEngine(engine: Engine): Promise<'docker' | 'process'> {
  return (await engine.status()).state === 'ready' ? 'docker' : 'process'
}

async function openInContainer(tools: DoorTools, image: Image, { port, report, signal }: DoorOrder) {
  const status = await tools.engine.status()
  if (status.state !== 'ready') throw fail('images/engineUnavailable', { socket: status.socket, cause: status.reason })
  return openContainerDoor({
    engine: tools.engine,
    store: tools.store,
    image,
    tag: tagOf(image),
    project: tools.project,
    port,
    signal,
    onPhase: (phase) => report({ phase, fact: phase === 'load' ? 'into the engine' : 'in a container' }),
  })
}

async function openAsProcess({ materialised }: DoorTools, image: Image, { port, signal }: DoorOrder) {
  const architecture = process.platform === 'linux' ? hostArchitecture() : null
  const here = architecture ? describePlatform({ os: 'linux', architecture }) : 'no Linux'
  if (image.platform !== here) throw fail('images/platformUnavailable', { platform: image.platform, available: here })
  const folder = await materialised.folderOf(image)
  const model = `${image.model.name}@${image.model.version}`
  return openProcessDoor({ folder, nodeFile: `${folder}/node`, model, port, signal })
}
