import type { Descriptor } from './descriptor.ts'
import type { JsonValue } from './json.ts'

export type ArtifactKind =
  | 'table'
  | 'array'
  | 'json'
  | 'text'
  | 'bytes'
  | 'figure'
  | 'file'
  | 'folder'
  | 'model'
  | 'pickle'
  | 'entries'
  | 'predictions'

/** A part of a composite artifact: the ONNX of a model, one table of a dict of tables, a file of a folder. */
export type ArtifactPart = { readonly name: string; readonly descriptor: Descriptor }

/** An immutable value that a step gave, under a name, in one run. */
export type Artifact = {
  readonly name: string
  readonly step: string
  readonly runId: string
  readonly stepRunId: string
  readonly kind: ArtifactKind
  readonly descriptor: Descriptor
  readonly parts: readonly ArtifactPart[]
  /** The Python type it had, `module.Class`. */
  readonly pythonType: string
  /** True when loading it runs code (a pickle): shown as a badge. */
  readonly runsCodeWhenLoaded: boolean
  /** Small facts for people, by kind: rows, columns, shape, dtype, classes, why ONNX was refused … */
  readonly summary: { readonly [key: string]: JsonValue }
}

/** Of all its bytes: what stands for a composite only lists its parts. */
export function totalBytes({ descriptor, parts }: Pick<Artifact, 'descriptor' | 'parts'>): number {
  return parts.reduce((sum, part) => sum + part.descriptor.sizeBytes, descriptor.sizeBytes)
}

/** What a preview shows, whatever the artifact's bytes are. Bounded: never the whole of a big artifact. */
export type ArtifactPreview =
  | {
      readonly kind: 'table'
      readonly columns: readonly { readonly name: string; readonly type: string }[]
      readonly rows: readonly (readonly JsonValue[])[]
      readonly totalRows: number
    }
  | { readonly kind: 'image'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'json'; readonly value: JsonValue; readonly truncated: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly truncated: boolean }
  | {
      readonly kind: 'array'
      readonly shape: readonly number[]
      readonly dtype: string
      readonly head: readonly JsonValue[]
    }
  | { readonly kind: 'model'; readonly summary: { readonly [key: string]: JsonValue } }
  | {
      readonly kind: 'entries'
      readonly entries: readonly { readonly name: string; readonly mediaType: string; readonly sizeBytes: number }[]
    }
  | { readonly kind: 'none'; readonly reason: string }
