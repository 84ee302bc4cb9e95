/** Tensor element types, spelt as the Open Inference Protocol does. */
export type TensorType =
  | 'BOOL'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'FP16'
  | 'FP32'
  | 'FP64'
  | 'BYTES'

export type TensorSpec = {
  /** The name the user knows: the column, whatever the exporter renamed. */
  readonly name: string
  /** The name inside the graph. */
  readonly graphName: string
  readonly type: TensorType
  /** -1 for a free dimension; the first is the batch. */
  readonly shape: readonly number[]
  /** For a category: its known levels, in order. */
  readonly levels?: readonly string[]
  /** False when a null must be refused (integers, categories that the model refuses). */
  readonly nullable: boolean
}

/**
 * What a model takes and gives. `layout` is `columns` when each input is one table column of shape [-1, 1],
 * `tensor` when the model takes one array.
 */
export type Signature = {
  readonly layout: 'columns' | 'tensor'
  readonly inputs: readonly TensorSpec[]
  readonly outputs: readonly TensorSpec[]
  /** The output that `predict` answers. */
  readonly predictOutput: string
  /** Class labels in the order of the probability columns; null for a regressor. */
  readonly classes: readonly (string | number | boolean)[] | null
}
