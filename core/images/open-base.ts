import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fail } from '../domain/failure.ts'
import type { Store } from '../store/store.ts'
import { type Base, type FrozenLayer, parseBase } from './base.ts'
import { neededLibraries, openHostBase } from './base-host.ts'
import { openBaseOnDisk } from './base-layout.ts'
import { openRegistryBase } from './base-registry.ts'
import type { OpenBase } from './build-image.ts'
import type { RegistryOptions } from './registry-client.ts'
import { readTar } from './tar.ts'

/** Opens whatever kind of base is asked for, and looks whether the server could start on it. */
export function createBaseOpener(
  store: Store,
  registryOptions: (host: string) => Promise<RegistryOptions>,
  findFile: (path: string) => string,
): OpenBase {
  const fit = new Set<string>()
  return async (text, platform, programs, signal) => {
    const choice = parseBase(text)
    if (choice.kind === 'host') return openHostBase(programs, platform)
    const base =
      choice.kind === 'registry'
        ? await openRegistryBase(store, choice.reference, platform, {
            ...(await registryOptions(choice.reference.host)),
            signal,
          })
        : await openBaseOnDisk(store, { ...choice, path: findFile(choice.path) }, platform)
    if (!fit.has(`${base.digest}`)) await refuseUnfit(store, base, programs)
    fit.add(`${base.digest}`)
    return base
  }
}

/** Looks through the layers for the libraries that the runtime is linked with. @throws images/baseUnfit */
async function refuseUnfit(store: Store, base: Base, programs: readonly string[]): Promise<void> {
  const missing = new Set(await neededLibraries(programs))
  for (const layer of base.layers) {
    for await (const { path } of readTar(openLayer(store, layer))) missing.delete(path.slice(path.lastIndexOf('/') + 1))
    if (missing.size === 0) return
  }
  throw fail('images/baseUnfit', { base: base.name, problem: `it lacks ${[...missing].join(', ')}` })
}

/** The uncompressed tar of a layer, its bytes checked as they are read. */
export function openLayer(store: Store, { descriptor }: FrozenLayer): AsyncIterable<Uint8Array> {
  const raw = store.openStream(descriptor.digest)
  if (descriptor.mediaType.endsWith('+gzip')) return passErrors(raw, createGunzip())
  if (descriptor.mediaType.endsWith('+zstd')) return passErrors(raw, createZstdDecompress())
  return raw
}

function passErrors(source: NodeJS.ReadableStream, target: NodeJS.ReadWriteStream): AsyncIterable<Uint8Array> {
  source.on('error', (error) => (target as unknown as { destroy(error: Error): void }).destroy(error))
  return source.pipe(target) as unknown as AsyncIterable<Uint8Array>
}
