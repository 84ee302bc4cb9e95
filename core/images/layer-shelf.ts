import { createReadStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFailure } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Store } from '../store/store.ts'
import type { FrozenLayer } from './base.ts'

/** Big layers that every project of this computer shares, so that a new project's first build need not compress them. */
export type LayerShelf = {
  /** Copies the layer into the store; null when it is not here or not what it says. */
  take(key: string, store: Store): Promise<FrozenLayer | null>
  /** Keeps a copy. What cannot be kept is left: the shelf saves time, nothing depends on it. */
  keep(key: string, layer: FrozenLayer, store: Store): Promise<void>
}

export function createLayerShelf(folder: string): LayerShelf {
  const place = (key: string) => join(folder, key)
  return {
    async take(key, store) {
      try {
        const layer = JSON.parse(await readFile(join(place(key), 'layer.json'), 'utf8')) as FrozenLayer
        const { digest, sizeBytes, mediaType } = layer.descriptor
        await store.putStream(createReadStream(join(place(key), 'bytes')), mediaType, { digest, sizeBytes })
        return layer
      } catch (error) {
        if (isFailure(error) && error.code !== 'store/digestMismatch') throw error
        await rm(place(key), { recursive: true, force: true }).catch(() => undefined)
        return null
      }
    },
    async keep(key, layer, store) {
      let unfinished: string | null = null
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        unfinished = await mkdtemp(join(folder, '.unfinished-'))
        await copyFile(store.pathOf(layer.descriptor.digest), join(unfinished, 'bytes'))
        await writeFile(join(unfinished, 'layer.json'), canonicalJson(layer), { mode: 0o600 })
        await rename(unfinished, place(key))
      } catch {
        if (unfinished) await rm(unfinished, { recursive: true, force: true }).catch(() => undefined)
      }
    },
  }
}
