import type { Digest } from './digest.ts'

/** What OCI calls a descriptor: everything needed to find and check immutable bytes. */
export type Descriptor = {
  readonly mediaType: string
  readonly digest: Digest
  readonly sizeBytes: number
}

/** Media types of what Slipway stores. Open formats carry their registered names. */
export const mediaTypes = {
  parquet: 'application/vnd.apache.parquet',
  npy: 'application/vnd.numpy.npy',
  npz: 'application/vnd.numpy.npz',
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  bytes: 'application/octet-stream',
  png: 'image/png',
  svg: 'image/svg+xml',
  vega: 'application/vnd.vegalite+json',
  plotly: 'application/vnd.plotly.v1+json',
  onnx: 'application/vnd.onnx',
  skops: 'application/vnd.skops',
  pickle: 'application/vnd.python.pickle',
  /** A composite: canonical JSON naming the descriptors of its parts. */
  tree: 'application/vnd.slipway.tree.v1+json',
  /** Rows with raw inputs and the native model's own outputs; see parse-predictions.ts. */
  predictions: 'application/vnd.slipway.predictions.v2+zip',
  /** As they were written up to release 0.1.0: read, and written no more. */
  oldPredictions: 'application/vnd.slipway.predictions.v1+json',
  /** A file as chunks that it shares with others; see core/store. */
  chunks: 'application/vnd.slipway.chunks.v1+json',
  source: 'text/x-python; charset=utf-8',
  lock: 'text/x-requirements; charset=utf-8',
} as const

export const ociMediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
} as const
