import type { BuildPlan, PlannedLayer } from '../domain/image.ts'
import type { Base, FrozenLayer } from './base.ts'
import { imageUser } from './base-host.ts'
import { imagePaths, type LayerContents } from './layer-contents.ts'
import { describePlatform, type Platform } from './platform.ts'
import { sizeOfTar } from './tar.ts'

/** All that a plan is made from: gathered by reading, with nothing written. */
export type BuildFacts = {
  readonly model: BuildPlan['model']
  readonly reason: string
  readonly base: Base
  readonly platform: Platform
  /** From bottom to top, the base's own left out when it brings frozen layers. */
  readonly layers: readonly { readonly contents: LayerContents; readonly frozen: FrozenLayer | null }[]
  readonly lockDigest: string | null
  readonly licences: readonly string[]
}

/** Server port inside the container. */
export const servedPort = 8080

/** What a build would make. `sizeBytes` is what a layer takes in the store: exact when it is there, else its tar. */
export function planImage(facts: BuildFacts): BuildPlan {
  const ofBase: PlannedLayer[] = facts.base.layers.map(({ descriptor }) => ({
    name: 'base',
    sizeBytes: descriptor.sizeBytes,
    cached: true,
    contents: [facts.base.name],
  }))
  const ofModel = facts.layers.map(
    ({ contents, frozen }): PlannedLayer => ({
      name: contents.name,
      sizeBytes: frozen ? frozen.descriptor.sizeBytes : sizeOfTar(contents.entries),
      cached: frozen !== null,
      contents: contents.summary,
    }),
  )
  return {
    model: facts.model,
    runtime: 'onnx',
    reason: facts.reason,
    base: { kind: facts.base.kind, name: facts.base.name, digest: facts.base.digest },
    platform: describePlatform(facts.platform),
    user: `${imageUser.uid}:${imageUser.gid}`,
    entrypoint: [`/${imagePaths.node}`, `/${imagePaths.server}`],
    layers: [...ofBase, ...ofModel],
    labels: planLabels(facts),
  }
}

function planLabels({ model, base, lockDigest, licences }: BuildFacts): Readonly<Record<string, string>> {
  return {
    'org.opencontainers.image.title': model.name,
    'org.opencontainers.image.version': String(model.version),
    ...(licences.length > 0 ? { 'org.opencontainers.image.licenses': licences.join(' AND ') } : {}),
    ...(base.kind === 'registry' ? { 'org.opencontainers.image.base.name': base.name } : {}),
    ...(base.digest ? { 'org.opencontainers.image.base.digest': base.digest } : {}),
    'io.slipway.model': `${model.name}@${model.version}`,
    'io.slipway.model.digest': model.digest,
    'io.slipway.runtime': 'onnx',
    ...(lockDigest ? { 'io.slipway.lock': lockDigest } : {}),
  }
}
