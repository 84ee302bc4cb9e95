import type { Digest } from './digest.ts'

export type Package = { readonly name: string; readonly version: string }

/** Interpreter + lock. No absolute path: an environment is known by what is in it. */
export type Environment = {
  /** Full version, e.g. `3.11.7`. */
  readonly python: string
  readonly implementation: string
  readonly platform: string
  readonly lockDigest: Digest
  readonly packages: readonly Package[]
}

export type EnvironmentStatus =
  | { readonly state: 'missing'; readonly reason: string }
  | { readonly state: 'ready'; readonly environment: Environment }
  | { readonly state: 'drifted'; readonly environment: Environment; readonly reason: string }
  | { readonly state: 'broken'; readonly reason: string; readonly remedy: string }
