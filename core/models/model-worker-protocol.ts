import type { Signature } from '../domain/signature.ts'
import type { OnnxFile } from './onnx-file.ts'

/** Values cross as exact JSON text: 64-bit numbers survive, and only the end that needs them parses. */
export type WorkerRequest =
  | { readonly kind: 'inspect'; readonly file: string }
  | {
      readonly kind: 'predict'
      readonly file: string
      readonly signature: Signature
      readonly inputsJson: string
    }

export type WorkerAnswer =
  | { readonly kind: 'inspected'; readonly file: OnnxFile }
  | { readonly kind: 'predicted'; readonly outputsJson: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** What the worker says on stderr before it ends itself. */
export const memoryCapWords = 'slipway: memory cap'
