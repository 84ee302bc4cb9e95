import { type Descriptor, ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'

/** What the files of an image may be called by registries and engines; Docker's names mean the same bytes. */
export const manifestTypes = {
  index: [ociMediaTypes.index, 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: [ociMediaTypes.manifest, 'application/vnd.docker.distribution.manifest.v2+json'],
} as const

export const acceptedManifests = [...manifestTypes.manifest, ...manifestTypes.index].join(', ')

export type OciDescriptor = {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly platform?: { readonly os?: string; readonly architecture?: string; readonly variant?: string }
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

export type OciManifest = {
  readonly schemaVersion: 2
  readonly mediaType?: string
  readonly artifactType?: string
  readonly config: OciDescriptor
  readonly layers: readonly OciDescriptor[]
  readonly subject?: OciDescriptor
  readonly annotations?: Readonly<Record<string, string>>
}

export type OciIndex = { readonly schemaVersion: 2; readonly manifests: readonly OciDescriptor[] }

export type OciConfig = {
  readonly created?: string
  readonly architecture: string
  readonly os: string
  readonly config: {
    readonly Entrypoint?: readonly string[]
    readonly Cmd?: readonly string[]
    readonly Env?: readonly string[]
    readonly Labels?: Readonly<Record<string, string>>
    readonly WorkingDir?: string
    readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>
    readonly User?: string
  }
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] }
  readonly history?: readonly {
    readonly created?: string
    readonly created_by?: string
    readonly empty_layer?: boolean
  }[]
}

export function toOciDescriptor({ mediaType, digest, sizeBytes }: Descriptor): OciDescriptor {
  return { mediaType, digest, size: sizeBytes }
}

export function toDescriptor({ mediaType, digest, size }: OciDescriptor): Descriptor {
  return { mediaType, digest, sizeBytes: size }
}

export function isIndex(mediaType: string): boolean {
  return (manifestTypes.index as readonly string[]).includes(mediaType)
}

export function isManifest(mediaType: string): boolean {
  return (manifestTypes.manifest as readonly string[]).includes(mediaType)
}

/**
 * Reads a manifest or an index that came from outside; `urls` of foreign layers are not even kept.
 * @throws images/manifestInvalid
 */
export function parseManifest(bytes: Uint8Array, source: string): OciManifest | OciIndex {
  const refuse = (problem: string) => fail('images/manifestInvalid', { source, problem })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw refuse('its manifest is not JSON')
  }
  if (!isRecord(value) || value.schemaVersion !== 2) throw refuse('its manifest is not of schema version 2')
  if (Array.isArray(value.manifests))
    return { schemaVersion: 2, manifests: value.manifests.map((entry) => toKnownDescriptor(entry, refuse)) }
  if (!Array.isArray(value.layers)) throw refuse('its manifest names neither layers nor manifests')
  return {
    schemaVersion: 2,
    ...(typeof value.mediaType === 'string' ? { mediaType: value.mediaType } : {}),
    ...(typeof value.artifactType === 'string' ? { artifactType: value.artifactType } : {}),
    config: toKnownDescriptor(value.config, refuse),
    layers: value.layers.map((entry) => toKnownDescriptor(entry, refuse)),
    ...(value.subject === undefined ? {} : { subject: toKnownDescriptor(value.subject, refuse) }),
    ...(isTexts(value.annotations) ? { annotations: value.annotations } : {}),
  }
}

/** @throws images/manifestInvalid */
export function parseConfig(bytes: Uint8Array, source: string): OciConfig {
  const refuse = (problem: string) => fail('images/manifestInvalid', { source, problem })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw refuse('its config is not JSON')
  }
  if (!isRecord(value) || typeof value.os !== 'string' || typeof value.architecture !== 'string')
    throw refuse('its config names no platform')
  const rootfs = value.rootfs
  if (!isRecord(rootfs) || !Array.isArray(rootfs.diff_ids) || !rootfs.diff_ids.every(isDigest))
    throw refuse('its config names no layers')
  return { ...value, config: isRecord(value.config) ? value.config : {} } as unknown as OciConfig
}

function toKnownDescriptor(value: unknown, refuse: (problem: string) => Error): OciDescriptor {
  if (
    !isRecord(value) ||
    typeof value.mediaType !== 'string' ||
    !isDigest(value.digest) ||
    !Number.isSafeInteger(value.size) ||
    (value.size as number) < 0
  )
    throw refuse('one of its parts has no media type, digest or size')
  return {
    mediaType: value.mediaType,
    digest: value.digest,
    size: value.size as number,
    ...(isRecord(value.platform) ? { platform: value.platform as OciDescriptor['platform'] & object } : {}),
    ...(typeof value.artifactType === 'string' ? { artifactType: value.artifactType } : {}),
    ...(isTexts(value.annotations) ? { annotations: value.annotations } : {}),
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((member) => typeof member === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
