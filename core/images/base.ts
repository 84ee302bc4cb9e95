import type { Descriptor } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BuildPlan } from '../domain/image.ts'
import type { LayerContents } from './layer-contents.ts'
import { parseReference, type Reference } from './reference.ts'

/** What a base image is asked for by. */
export type BaseChoice =
  | { readonly kind: 'host' }
  | { readonly kind: 'registry'; readonly reference: Reference }
  | { readonly kind: 'layout'; readonly path: string; readonly tag: string | null }
  | { readonly kind: 'tarball'; readonly path: string; readonly format: 'oci' | 'docker' }

/** A layer that is in the store, with the identity of its uncompressed bytes. */
export type FrozenLayer = { readonly descriptor: Descriptor; readonly diffId: Digest }

/** A base ready to build on. The host's has files still to be frozen; the others bring frozen layers. */
export type Base = {
  readonly kind: BuildPlan['base']['kind']
  readonly name: string
  /** Of its manifest, or of its recipe for the host's. Null until it is frozen. */
  readonly digest: Digest | null
  readonly contents: LayerContents | null
  readonly layers: readonly FrozenLayer[]
  readonly environment: readonly string[]
}

/**
 * `auto` and `host` are the embedded default; `oci:FOLDER[:TAG]`, `oci:FILE.tar`, `docker-archive:FILE.tar`,
 * everything else is a reference. @throws images/baseInvalid
 */
export function parseBase(text: string): BaseChoice {
  if (text === 'auto' || text === 'host') return { kind: 'host' }
  if (text === '' || text.includes('\0')) throw fail('images/baseInvalid', { base: text, problem: 'it is empty' })
  if (text.startsWith('docker-archive:'))
    return { kind: 'tarball', path: pathOf(text, 'docker-archive:'), format: 'docker' }
  if (text.startsWith('oci:')) {
    const path = pathOf(text, 'oci:')
    if (path.endsWith('.tar')) return { kind: 'tarball', path, format: 'oci' }
    const tagged = /^(.+):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/.exec(path)
    return tagged && !/^[A-Za-z]$/.test(tagged[1] as string)
      ? { kind: 'layout', path: tagged[1] as string, tag: tagged[2] as string }
      : { kind: 'layout', path, tag: null }
  }
  try {
    return { kind: 'registry', reference: parseReference(text, { defaultHost: 'docker.io' }) }
  } catch (cause) {
    throw fail('images/baseInvalid', { base: text, problem: 'it is neither a known word nor a reference' }, { cause })
  }
}

function pathOf(text: string, prefix: string): string {
  const path = text.slice(prefix.length)
  if (path === '') throw fail('images/baseInvalid', { base: text, problem: 'the path is missing' })
  return path
}
