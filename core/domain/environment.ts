import type { Digest } from './digest.ts'

export type Package = { readonly name: string; readonly version: string }

/** Interpreter + lock. No absolute path: an environment is known by what is in it. */
export type Environment = {
  /** Full version, e.g. `3.11.7`. */
  readonly python: string
  readonly implementation: string
  readonly platform: string
  /** Of the interpreter's own bytes; absent in what older versions recorded. */
  readonly interpreter?: Digest
  readonly lockDigest: Digest
  readonly packages: readonly Package[]
}

/** An environment of a past run, made again from its lock for a proof. Null where it was never finished. */
export type KeptEnvironment = {
  readonly name: string
  readonly python: string | null
  readonly lockDigest: Digest | null
  readonly packages: number
  /** What removing it frees. */
  readonly sizeBytes: number
  readonly lastUsedAt: string
  /** A proof runs in it right now. */
  readonly inUse: boolean
}

export type CleanedEnvironments = { readonly removed: readonly KeptEnvironment[]; readonly freedBytes: number }

/** What slipway.toml asks for under [environment]. At most one of the three sources; none means requirements.txt when it is there. */
export type EnvironmentSettings = {
  /** A version (`3.11`) or a range (`>=3.11,<3.14`); null means the newest found. */
  readonly python: string | null
  readonly requirements: string | null
  readonly pyproject: string | null
  readonly conda: string | null
}

/** `warnings` say what Slipway left out so that the project's own pins hold. */
export type EnvironmentStatus =
  | { readonly state: 'missing'; readonly reason: string }
  | { readonly state: 'ready'; readonly environment: Environment; readonly warnings: readonly string[] }
  | {
      readonly state: 'drifted'
      readonly environment: Environment
      readonly reason: string
      readonly warnings: readonly string[]
    }
  | { readonly state: 'broken'; readonly reason: string; readonly remedy: string }
