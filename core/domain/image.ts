import type { Descriptor } from './descriptor.ts'
import type { Digest } from './digest.ts'
import type { Parity } from './parity.ts'

export type LayerName = 'base' | 'runtime' | 'dependencies' | 'model' | 'app'

export type PlannedLayer = {
  readonly name: LayerName
  readonly sizeBytes: number
  /** True when its bytes are in the store already. */
  readonly cached: boolean
  readonly contents: readonly string[]
}

/** What a build would make; pure, shown before anything is written. */
export type BuildPlan = {
  readonly model: { readonly name: string; readonly version: number; readonly digest: Digest }
  readonly runtime: 'onnx' | 'python'
  readonly reason: string
  readonly base: {
    readonly kind: 'host' | 'registry' | 'layout' | 'tarball'
    readonly name: string
    readonly digest: Digest | null
  }
  readonly platform: string
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly layers: readonly PlannedLayer[]
  readonly labels: Readonly<Record<string, string>>
}

export type Image = {
  readonly manifestDigest: Digest
  readonly imageId: Digest
  readonly platform: string
  readonly runtime: 'onnx' | 'python'
  readonly sizeBytes: number
  readonly layers: readonly (Descriptor & { readonly name: LayerName; readonly diffId: Digest })[]
  readonly model: { readonly name: string; readonly version: number; readonly digest: Digest }
  readonly base: string
  readonly builtAt: string
  readonly parity: Parity | null
  readonly pushes: readonly Push[]
}

export type Push = {
  readonly reference: string
  readonly manifestDigest: Digest
  readonly uploadedBytes: number
  readonly skippedBytes: number
  readonly pushedAt: string
  readonly pushedBy: string
}

export type EngineStatus =
  | { readonly state: 'ready'; readonly name: string; readonly version: string; readonly socket: string }
  | {
      readonly state: 'stopped' | 'denied' | 'absent'
      readonly reason: string
      readonly remedy: string
      readonly socket: string
    }

/** A model being served right now. */
export type Serving = {
  readonly id: string
  readonly manifestDigest: Digest
  readonly model: string
  readonly url: string
  readonly engine: 'docker' | 'process'
  readonly container: string | null
  readonly state: 'starting' | 'healthy' | 'unhealthy' | 'stopped'
  readonly startedAt: string
  readonly log: readonly string[]
}
