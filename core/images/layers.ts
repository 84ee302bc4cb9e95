import { createHash } from 'node:crypto'
import { type Descriptor, ociMediaTypes } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import type { Store } from '../store/store.ts'
import type { FrozenLayer } from './base.ts'
import { compress, compressorFormat } from './compress.ts'
import { keyOfContents, type LayerContents } from './layer-contents.ts'
import type { LayerShelf } from './layer-shelf.ts'
import { sizeOfTar, tarFormat, writeTar } from './tar.ts'

/** Up to here a layer is kept as a plain tar: compressing a small model costs more time than it saves bytes. */
const plainLimitBytes = 4 * 1024 * 1024

/** Remembers which layer came of which contents. */
export type LayerMemory = {
  find(key: string): FrozenLayer | null
  remember(key: string, layer: FrozenLayer): void
}

export type Layers = {
  /** Names the bytes that `contents` will have as a layer. */
  keyOf(contents: LayerContents): Promise<string>
  /** The layer when it was frozen before and its bytes are still in the store. */
  find(key: string): FrozenLayer | null
  /** Writes the layer into the store, once. */
  freeze(
    contents: LayerContents,
    options?: { readonly signal?: AbortSignal | undefined; readonly onBytes?: (bytes: number) => void },
  ): Promise<FrozenLayer>
}

export function createLayers(store: Store, memory: LayerMemory, shelf: LayerShelf | null = null): Layers {
  const keyOf = (contents: LayerContents) =>
    keyOfContents(contents, [tarFormat, compressorFormat, `${plainLimitBytes}`])

  function find(key: string): FrozenLayer | null {
    const layer = memory.find(key)
    return layer && store.sizeOf(layer.descriptor.digest) === layer.descriptor.sizeBytes ? layer : null
  }

  return {
    keyOf,
    find,
    async freeze(contents, { signal, onBytes } = {}) {
      const key = await keyOf(contents)
      const before = find(key)
      if (before) return before
      const isSmall = sizeOfTar(contents.entries) <= plainLimitBytes
      const shared = isSmall ? null : await shelf?.take(key, store)
      if (shared) {
        memory.remember(key, shared)
        return shared
      }
      const sum = createHash('sha256')
      const plain = watch(writeTar(contents.entries), (part) => {
        signal?.throwIfAborted()
        sum.update(part)
        onBytes?.(part.length)
      })
      const descriptor: Descriptor = isSmall
        ? await store.putStream(plain, ociMediaTypes.layer)
        : await store.putStream(compress(plain, signal), ociMediaTypes.layerGzip)
      const layer = { descriptor, diffId: `sha256:${sum.digest('hex')}` as Digest }
      memory.remember(key, layer)
      if (!isSmall) await shelf?.keep(key, layer, store)
      return layer
    },
  }
}

async function* watch(source: AsyncIterable<Uint8Array>, see: (part: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    see(part)
    yield part
  }
}
