import type { Digest } from './digest.ts'
import type { JsonValue } from './json.ts'

/** A place in a project file. Lines and columns count from 1, as editors show them. */
export type SourceSpan = {
  readonly module: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export type ParamDeclaration = {
  readonly name: string
  readonly default: JsonValue
  /** The annotation as written, for the form in the UI; null when there is none. */
  readonly annotation: string | null
  readonly span: SourceSpan
}

/** A step as its source text declares it. Nothing here came from running the project. */
export type StepDeclaration = {
  readonly name: string
  /** Project-relative POSIX path of the module, e.g. `steps/train.py`. */
  readonly module: string
  readonly span: SourceSpan
  /** Names of the artifacts it receives, in order. */
  readonly inputs: readonly string[]
  /** Names of the artifacts it gives; one equal to its own name unless declared. */
  readonly outputs: readonly string[]
  /** True when `outputs=` was written, so that a tuple, list or dict is taken apart. */
  readonly outputsDeclared: boolean
  readonly params: readonly ParamDeclaration[]
  readonly isAsync: boolean
  readonly description: string | null
  /** Digest of the code this step can reach, blind to comments and formatting. */
  readonly sourceDigest: Digest
}

export type ProblemKind =
  | 'syntax'
  | 'duplicateStep'
  | 'duplicateArtifact'
  | 'unknownInput'
  | 'cycle'
  | 'paramNotJson'
  | 'badDecorator'
  | 'moduleMissing'
  | 'configuration'

/** Something wrong in the project's text, at a place, with what to do. */
export type Problem = {
  readonly kind: ProblemKind
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly remedy: string
  readonly span: SourceSpan
}

/** An artifact name flowing from the step that gives it to one that receives it. */
export type PipelineEdge = { readonly from: string; readonly to: string; readonly artifact: string }

export type Pipeline = {
  readonly steps: readonly StepDeclaration[]
  readonly edges: readonly PipelineEdge[]
  readonly problems: readonly Problem[]
}

/** True when a run could start: no problem is an error. */
export function isRunnable(pipeline: Pipeline): boolean {
  return pipeline.problems.every((problem) => problem.severity !== 'error')
}
