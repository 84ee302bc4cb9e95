import { randomBytes } from 'node:crypto'
import type { Image } from '../domain/image.ts'
import type { Store } from '../store/store.ts'
import { containerLabels, type Engine } from './docker-engine.ts'
import { archiveImage, type ImageTag } from './save-image.ts'
import type { ServingDoor } from './serving-door.ts'

export type ContainerDoorOrder = {
  readonly engine: Engine
  readonly store: Store
  readonly image: Pick<Image, 'manifestDigest' | 'imageId' | 'layers'>
  readonly tag: ImageTag
  readonly project: string
  readonly port: number
  readonly signal?: AbortSignal | undefined
  readonly onPhase: (phase: 'load' | 'start') => void
}

const pollMs = 500

/** The image in a container of the engine: read-only root, no capabilities, its port on loopback alone. */
export async function openContainerDoor(order: ContainerDoorOrder): Promise<ServingDoor> {
  const { engine, store, image, tag, signal } = order
  const names = [image.imageId, image.manifestDigest, `${tag.repository}@${image.manifestDigest}`]
  let found = await engine.findImage(names)
  if (found === null) {
    order.onPhase('load')
    await engine.load(archiveImage(store, image, tag, 'docker'), signal)
    found = (await engine.findImage(names)) ?? `${tag.repository}:${tag.tag}`
  }
  signal?.throwIfAborted()
  order.onPhase('start')
  const serving = randomBytes(6).toString('hex')
  const container = await engine.run({
    image: found,
    name: `slipway-${tag.repository.replaceAll('/', '-')}-${serving}`,
    labels: { [containerLabels.project]: order.project, [containerLabels.serving]: serving },
    port: order.port,
  })
  const lines: string[] = []
  const listeners = new Set<(line: string) => void>()
  const followed = container.follow((line) => {
    lines.push(line)
    if (lines.length > 200) lines.shift()
    for (const listener of listeners) listener(line)
  })
  const ended = followed.then(
    () => whenStopped(container.exitCode),
    () => whenStopped(container.exitCode),
  )
  return {
    engine: 'docker',
    url: `http://127.0.0.1:${container.port}`,
    container: container.id,
    ended,
    follow(onLine) {
      for (const past of lines) onLine(past)
      listeners.add(onLine)
    },
    async stop() {
      await container.stop()
      await ended
    },
  }
}

/** The log may break off before the container ends; a container that is gone has no code to tell. */
async function whenStopped(exitCode: () => Promise<number | null>): Promise<number | null> {
  for (;;) {
    try {
      const code = await exitCode()
      if (code !== null) return code
    } catch {
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
