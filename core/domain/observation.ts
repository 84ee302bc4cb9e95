import type { Digest } from './digest.ts'

/** What a step was seen to do while it ran. Paths are project-relative POSIX; `package:NAME/PATH` for data inside a package. */
export type Observation = {
  readonly filesRead: readonly { readonly path: string; readonly digest: Digest | null }[]
  readonly filesWritten: readonly { readonly path: string; readonly digest: Digest | null }[]
  /** Paths written outside the project and the temporary folder: reported, never tracked. */
  readonly outsideWrites: readonly string[]
  /** Project modules really imported, by source digest of the whole file. */
  readonly modules: readonly { readonly path: string; readonly digest: Digest }[]
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  readonly variables: readonly { readonly name: string; readonly valueDigest: Digest | null }[]
  readonly network: boolean
  readonly platform: Readonly<Record<string, string>>
}
