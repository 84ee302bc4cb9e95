import type { ArtifactPart, ArtifactPreview } from '../domain/artifact.ts'
import { type Descriptor, mediaTypes } from '../domain/descriptor.ts'
import type { Store } from '../store/store.ts'
import { previewParquet, type RangeReader } from './parquet-preview.ts'
import { previewJson, previewPredictions } from './preview-json.ts'
import { npyStartBytes, previewNpy } from './preview-npy.ts'
import type { RecordedArtifact } from './run-records.ts'
import { listZipEntries } from './zip-entries.ts'

const longestTextBytes = 256 * 1024
const largestJsonBytes = 32 * 1024 * 1024
const largestImageBytes = 8 * 1024 * 1024
const mostEntries = 1_000

/** Pictures first as pixels: what the author saw. */
const figureOrder: readonly string[] = [mediaTypes.png, mediaTypes.svg, mediaTypes.plotly, mediaTypes.vega]

/** Something to look at, bounded whatever the artifact is. Never runs or loads code. */
export async function previewArtifact(artifact: RecordedArtifact, store: Store): Promise<ArtifactPreview> {
  const { kind, descriptor, parts, summary } = artifact
  if (kind === 'model') return { kind: 'model', summary }
  if (kind === 'figure') {
    const shown = figureOrder.flatMap((type) => parts.filter((part) => part.descriptor.mediaType === type))[0]
    return previewBytes(shown?.descriptor ?? descriptor, store)
  }
  if (parts.length > 0) return listEntries(parts)
  if (artifact.runsCodeWhenLoaded) {
    if (typeof summary.repr === 'string') return { kind: 'text', text: summary.repr, truncated: false }
    return { kind: 'none', reason: `A pickled ${artifact.pythonType}: looking inside would run its code.` }
  }
  return previewBytes(descriptor, store)
}

function listEntries(parts: readonly ArtifactPart[]): ArtifactPreview {
  const entries = parts.slice(0, mostEntries).map(({ name, descriptor }) => ({
    name,
    mediaType: descriptor.mediaType,
    sizeBytes: descriptor.sizeBytes,
  }))
  return { kind: 'entries', entries }
}

async function previewBytes(descriptor: Descriptor, store: Store): Promise<ArtifactPreview> {
  const { digest, mediaType, sizeBytes } = descriptor
  const type = mediaType.split(';')[0] as string
  if (type === mediaTypes.parquet) return previewParquet(toRangeReader(descriptor, store))
  if (type === mediaTypes.npy) return previewNpy(await store.readRange(digest, 0, npyStartBytes))
  if (type === mediaTypes.npz) return previewArchive(descriptor, store)
  const arePredictions = type === mediaTypes.predictions || type === mediaTypes.oldPredictions
  if (arePredictions && sizeBytes <= largestJsonBytes) return previewPredictions(await store.readBytes(digest))
  if (type.startsWith('image/')) {
    if (sizeBytes > largestImageBytes) return tooLarge(sizeBytes)
    return { kind: 'image', mediaType: type, base64: (await store.readBytes(digest)).toString('base64') }
  }
  if (type === mediaTypes.json || type.endsWith('+json')) {
    if (sizeBytes > largestJsonBytes) return previewText(descriptor, store)
    return previewJsonText(await store.readText(digest), descriptor, store)
  }
  if (type.startsWith('text/')) return previewText(descriptor, store)
  return { kind: 'none', reason: `${type} (${sizeBytes} bytes) has no preview; get it with "slipway artifact get".` }
}

async function previewArchive({ digest, sizeBytes }: Descriptor, store: Store): Promise<ArtifactPreview> {
  const read = (offset: number, length: number) => store.readRange(digest, offset, length)
  const found = await listZipEntries(sizeBytes, read, mostEntries)
  if (found === null) return { kind: 'none', reason: 'This archive cannot be listed.' }
  const entries = found.map((entry) => ({
    name: entry.name.replace(/\.npy$/, ''),
    mediaType: mediaTypes.npy,
    sizeBytes: entry.sizeBytes,
  }))
  return { kind: 'entries', entries }
}

/** A file that is called JSON and is none is shown as the text that it is. */
async function previewJsonText(text: string, descriptor: Descriptor, store: Store): Promise<ArtifactPreview> {
  try {
    return previewJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return previewText(descriptor, store)
    throw error
  }
}

async function previewText({ digest, sizeBytes }: Descriptor, store: Store): Promise<ArtifactPreview> {
  const start = await store.readRange(digest, 0, longestTextBytes)
  return { kind: 'text', text: new TextDecoder().decode(start), truncated: sizeBytes > start.length }
}

function tooLarge(sizeBytes: number): ArtifactPreview {
  return { kind: 'none', reason: `It is ${sizeBytes} bytes, too large to show; get it with "slipway artifact get".` }
}

function toRangeReader({ digest, sizeBytes }: Descriptor, store: Store): RangeReader {
  return {
    byteLength: sizeBytes,
    slice: async (start, end = sizeBytes) => {
      const part = await store.readRange(digest, start, end - start)
      return part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength) as ArrayBuffer
    },
  }
}
