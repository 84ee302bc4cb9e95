import { createWriteStream } from 'node:fs'
import { chmod, link, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { digestHex } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { Image, LayerName } from '../domain/image.ts'
import type { Store } from '../store/store.ts'
import { openLayer } from './open-base.ts'
import { readTar } from './tar.ts'

/** The files of images, laid out on disk for processes on this computer. */
export type Materialised = {
  /** A folder with what the image has below /slipway. */
  folderOf(image: Pick<Image, 'manifestDigest' | 'layers'>): Promise<string>
  close(): Promise<void>
}

/** Every layer is unpacked once; an image's folder is made of links into them. All of it goes when core ends. */
export function createMaterialised(store: Store): Materialised {
  let root: Promise<string> | null = null
  const layers = new Map<string, Promise<string>>()
  const images = new Map<string, Promise<string>>()

  async function rootFolder(): Promise<string> {
    root ??= store.makeStaging('serve')
    return root
  }

  async function unpackLayer(layer: Image['layers'][number]): Promise<string> {
    const folder = join(await rootFolder(), 'layers', digestHex(layer.digest))
    const unfinished = `${folder}.unfinished`
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    for await (const entry of readTar(openLayer(store, { descriptor: layer, diffId: layer.diffId }))) {
      if (entry.path !== 'slipway' && !entry.path.startsWith('slipway/')) continue
      const target = join(unfinished, entry.path)
      if (entry.path.split('/').includes('..') || (entry.kind !== 'file' && entry.kind !== 'folder'))
        throw fail('images/manifestInvalid', { source: layer.digest, problem: `it holds ${entry.path}` })
      await mkdir(entry.kind === 'folder' ? target : dirname(target), { recursive: true })
      if (entry.kind !== 'file') continue
      await pipeline(entry.bytes, createWriteStream(target))
      await chmod(target, entry.mode & 0o111 ? 0o700 : 0o600)
    }
    await rename(unfinished, folder)
    return folder
  }

  async function assemble(image: Pick<Image, 'manifestDigest' | 'layers'>): Promise<string> {
    const folder = join(await rootFolder(), 'images', digestHex(image.manifestDigest))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const layer of image.layers) {
      const parts = partsOf[layer.name]
      if (parts.length === 0) continue
      const from = await once(layers, layer.digest, () => unpackLayer(layer))
      for (const { name, kind } of parts)
        await (kind === 'file' ? link : symlink)(join(from, 'slipway', name), join(folder, name))
    }
    return folder
  }

  return {
    folderOf: (image) => once(images, image.manifestDigest, () => assemble(image)),
    async close() {
      if (root) await rm(await root, { recursive: true, force: true })
    },
  }
}

/**
 * What each layer puts below /slipway. Files are hard links: Node looks for packages beside the real place of a
 * script, and a symbolic link would lead it out of the folder.
 */
const partsOf: Readonly<Record<LayerName, readonly { readonly name: string; readonly kind: 'file' | 'folder' }[]>> = {
  base: [],
  runtime: [{ name: 'node', kind: 'file' }],
  dependencies: [{ name: 'node_modules', kind: 'folder' }],
  model: [{ name: 'model', kind: 'folder' }],
  app: [{ name: 'server.mjs', kind: 'file' }],
}

/** Work that is done once however many ask; a failure is forgotten, so that the next asker tries again. */
function once<Value>(known: Map<string, Promise<Value>>, key: string, work: () => Promise<Value>): Promise<Value> {
  const before = known.get(key)
  if (before) return before
  const value = work()
  known.set(key, value)
  value.catch(() => known.delete(key))
  return value
}
