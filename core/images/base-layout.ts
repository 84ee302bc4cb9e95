import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, digestHex, isDigest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { Store } from '../store/store.ts'
import type { Base, BaseChoice, FrozenLayer } from './base.ts'
import { choosePlatform } from './choose-platform.ts'
import { pairLayers, toOciLayerType } from './oci-layout.ts'
import { isIndex, type OciDescriptor, parseConfig, parseManifest } from './oci-manifest.ts'
import type { Platform } from './platform.ts'
import { readTar } from './tar.ts'

type OnDisk = Extract<BaseChoice, { kind: 'layout' | 'tarball' }>

/**
 * A base from an OCI layout folder, an OCI tar, or what `docker save` writes. Its layers are copied into the store
 * by digest. @throws images/baseUnavailable, images/baseUnfit, images/manifestInvalid, store/digestMismatch
 */
export async function openBaseOnDisk(store: Store, choice: OnDisk, platform: Platform): Promise<Base> {
  const name = basename(choice.path)
  const found = await stat(choice.path).catch((cause: NodeJS.ErrnoException) => {
    throw fail('images/baseUnavailable', { base: name, cause: cause.code ?? cause.message }, { cause })
  })
  if (choice.kind === 'layout' && found.isDirectory())
    return openLayout(store, { folder: choice.path, name, tag: choice.tag, kind: 'layout' }, platform)
  if (!found.isFile()) throw fail('images/baseUnfit', { base: name, problem: 'it is neither a layout nor a tar' })
  const folder = await store.makeStaging('base')
  try {
    await unpack(choice.path, folder, name)
    const isDockerArchive = choice.kind === 'tarball' && choice.format === 'docker'
    if (isDockerArchive && (await exists(join(folder, 'manifest.json')))) return await openArchive(store, folder, name)
    return await openLayout(store, { folder, name, tag: null, kind: 'tarball' }, platform)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Layout = { folder: string; name: string; tag: string | null; kind: 'layout' | 'tarball' }

async function openLayout(store: Store, { folder, name, tag, kind }: Layout, platform: Platform): Promise<Base> {
  const index = parseManifest(await readPart(folder, 'index.json', name), name)
  if (!('manifests' in index)) throw fail('images/manifestInvalid', { source: name, problem: 'it has no index' })
  const named = index.manifests.filter(
    ({ annotations }) => tag === null || annotations?.['org.opencontainers.image.ref.name'] === tag,
  )
  if (tag !== null && named.length === 0)
    throw fail('images/baseUnavailable', { base: name, cause: `it holds no image tagged ${tag}` })
  let chosen = choosePlatform(named, platform, name)
  while (isIndex(chosen.mediaType)) {
    const inner = parseManifest(await readBlob(folder, chosen, name), name)
    if (!('manifests' in inner)) break
    chosen = choosePlatform(inner.manifests, platform, name)
  }
  const manifest = parseManifest(await readBlob(folder, chosen, name), name)
  if ('manifests' in manifest) throw fail('images/manifestInvalid', { source: name, problem: 'it leads to no image' })
  const config = parseConfig(await readBlob(folder, manifest.config, name), name)
  const layers = pairLayers(manifest, config, name)
  for (const { descriptor } of layers)
    await store.putStream(createReadStream(blobFile(folder, descriptor.digest)), descriptor.mediaType, descriptor)
  return { kind, name, digest: chosen.digest, layers, contents: null, environment: config.config.Env ?? [] }
}

/** What `docker save` has always written: manifest.json names a config and layer tars by file. */
async function openArchive(store: Store, folder: string, name: string): Promise<Base> {
  const refuse = (problem: string) => fail('images/manifestInvalid', { source: name, problem })
  const list: unknown = JSON.parse((await readPart(folder, 'manifest.json', name)).toString('utf8'))
  const entry = Array.isArray(list) ? (list[0] as { Config?: unknown; Layers?: unknown }) : null
  const isPath = (value: unknown): value is string =>
    typeof value === 'string' && !value.split('/').includes('..') && !value.startsWith('/')
  if (!entry || !isPath(entry.Config) || !Array.isArray(entry.Layers) || !entry.Layers.every(isPath))
    throw refuse('its manifest.json names no image')
  const configBytes = await readPart(folder, entry.Config, name)
  const config = parseConfig(configBytes, name)
  if (config.rootfs.diff_ids.length !== entry.Layers.length) throw refuse('its layers and its config disagree')
  const layers: FrozenLayer[] = []
  for (const [i, path] of (entry.Layers as string[]).entries()) {
    const file = join(folder, path)
    const head = (await readFile(file).catch(() => null))?.subarray(0, 2)
    const isGzip = head?.[0] === 0x1f && head[1] === 0x8b
    const mediaType = toOciLayerType(isGzip ? ociMediaTypes.layerGzip : ociMediaTypes.layer)
    layers.push({
      descriptor: await store.putStream(createReadStream(file), mediaType),
      diffId: config.rootfs.diff_ids[i] as Digest,
    })
  }
  const { digest } = await store.putBytes(configBytes, ociMediaTypes.config)
  return { kind: 'tarball', name, digest, layers, contents: null, environment: config.config.Env ?? [] }
}

/** Only plain files below the folder; whatever else the tar holds is no part of an image. */
async function unpack(file: string, folder: string, name: string): Promise<void> {
  const head = Buffer.alloc(2)
  for await (const part of createReadStream(file, { end: 1 })) (part as Buffer).copy(head)
  const raw = createReadStream(file)
  const source = head[0] === 0x1f && head[1] === 0x8b ? raw.pipe(createGunzip()) : raw
  try {
    for await (const entry of readTar(source)) {
      if (entry.kind !== 'file' || entry.path.split('/').some((part) => part === '..' || part === '')) continue
      const target = join(folder, entry.path)
      await mkdir(join(target, '..'), { recursive: true })
      await pipeline(entry.bytes, createWriteStream(target, { mode: 0o600 }))
    }
  } catch (cause) {
    if (isFailure(cause)) throw cause
    throw fail('images/manifestInvalid', { source: name, problem: 'it cannot be read as a tar' }, { cause })
  }
}

async function readBlob(folder: string, descriptor: OciDescriptor, name: string): Promise<Buffer> {
  const bytes = await readPart(folder, join('blobs', 'sha256', digestHex(descriptor.digest)), name)
  const { createHash } = await import('node:crypto')
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  if (!isDigest(found) || found !== descriptor.digest)
    throw fail('store/digestMismatch', { expected: descriptor.digest, found })
  return bytes
}

async function readPart(folder: string, path: string, name: string): Promise<Buffer> {
  return readFile(join(folder, path)).catch((cause) => {
    throw fail('images/manifestInvalid', { source: name, problem: `${path} is missing` }, { cause })
  })
}

function blobFile(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digestHex(digest))
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
