import type { Digest } from './digest.ts'

/** What a step was seen to do while it ran. Paths are project-relative POSIX; `package:NAME/PATH` for data inside a package. */
export type Observation = {
  readonly filesRead: readonly ReadFile[]
  readonly filesWritten: readonly { readonly path: string; readonly digest: Digest | null }[]
  /** Folders of the project whose names it asked for, `.` being the project's own, with what they held but for its own writes. */
  readonly foldersListed?: readonly { readonly path: string; readonly names: readonly string[] }[]
  /** Asked about and not opened: what was there then. What the step itself made is not among them. */
  readonly pathsTested?: readonly { readonly path: string; readonly found: PathKind | null }[] | undefined
  /**
   * Files outside the project, from the home folder (`~/data/a.csv`) or the project (`../data/a.csv`). Absent in what
   * older versions recorded.
   */
  readonly outsideReads?: readonly ReadFile[]
  /** Paths written outside the project and there still when the step had ended, temporary files with a name of their own included: reported, never tracked. */
  readonly outsideWrites: readonly string[]
  /** Project modules really imported, by source digest of the whole file. */
  readonly modules: readonly { readonly path: string; readonly digest: Digest }[]
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  readonly variables: readonly { readonly name: string; readonly valueDigest: Digest | null }[]
  readonly network: boolean
  /** Absent in what older versions recorded. */
  readonly effects?: readonly StepEffect[]
  readonly platform: Readonly<Record<string, string>>
}

export type PathKind = 'file' | 'folder'

/** `unseen`: a program that the step started may have read it; nobody saw whether it did. */
export type ReadFile = {
  readonly path: string
  readonly digest: Digest | null
  readonly sizeBytes?: number
  readonly unseen?: true
}

export const effectKinds = ['network', 'outsideRead', 'program', 'clock', 'randomness', 'variable'] as const

/**
 * What a step did that a recorded file or value cannot stand for: `network` a host that it spoke to ·
 * `outsideRead` a file outside the project · `program` another program that it started, whose reading is not seen ·
 * `clock` asked for the time · `randomness` drew numbers that no seed decides · `variable` asked for one that is set
 * where Slipway runs, and that steps are not given.
 */
export type StepEffect = {
  readonly kind: (typeof effectKinds)[number]
  readonly name: string
  /** The line of the project behind it, `pipeline.py:12`; null when a library did it on a thread of its own. */
  readonly where: string | null
}

/** With what is outside a step may change without a trace here, so its result is not taken for granted. */
export function readsOutside({ kind }: StepEffect): boolean {
  return kind === 'network' || kind === 'outsideRead'
}

type Words = (name: string, place: string) => string

/** In words that follow the step's name. Total, so that a new kind cannot be forgotten. */
const effectWords: Record<StepEffect['kind'], Words> = {
  network: (name, place) => `used the network (${name}${place})`,
  outsideRead: (name, place) => `read a file outside the project (${name}${place})`,
  program: (name, place) =>
    `started another program (${name}${place}): what it read is not seen, so the declared datasets count as read`,
  clock: (name, place) => `asked for the time (${name}${place})`,
  variable: (name, place) =>
    `asked for the variable ${name}${place} and got none: it was set where Slipway ran, but steps are given only those under [steps.NAME] environment in slipway.toml`,
  randomness: (name, place) => `drew random numbers without a seed (${name}${place})`,
}

export function describeEffect({ kind, name, where }: StepEffect): string {
  return effectWords[kind](name, where === null ? '' : ` at ${where}`)
}

/** All that people should know about what a step did, a sentence's end each. */
export function warningsOf({ effects = [], outsideWrites }: Observation): readonly string[] {
  return [...effects.map(describeEffect), ...outsideWrites.map((path) => `wrote outside the project (${path})`)]
}
