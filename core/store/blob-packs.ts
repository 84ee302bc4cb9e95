import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import { digestOf } from './hash-file.ts'
import type { ListedPack } from './pack-folder.ts'

type StoredList = {
  readonly pack: Digest
  readonly files: readonly (readonly [hex: string, offset: number, length: number])[]
}

/**
 * Packs as they were made at first, and are only read now: each a blob of its own, for which all bytes were hashed a
 * second time, and an OCI artifact: its config lists the files, its layer holds their bytes. `packs` in the layout's
 * folder names the manifests.
 */
export function createBlobPacks(folder: string, blobs: BlobFolder) {
  const named = (): readonly Digest[] =>
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => `sha256:${name}`).filter(isDigest)

  /** Null when one of the two is missing or hurt: then nothing of the pack is kept, and doctor says what is lost. */
  function readPack(manifest: Digest): ListedPack | null {
    const text = readSound(manifest)
    const list = text === null ? null : (JSON.parse(text) as { config: { digest: Digest } }).config.digest
    const listText = list === null ? null : readSound(list)
    if (list === null || listText === null) return null
    const { pack, files } = JSON.parse(listText) as StoredList
    const members = files.map(([hex, offset, length]) => ({ digest: `sha256:${hex}` as Digest, offset, length }))
    return { kind: 'packs', name: manifest, file: blobs.pathOf(pack), parts: [manifest, list, pack], members }
  }

  function readSound(digest: Digest): string | null {
    if (blobs.sizeOf(digest) === null) return null
    const bytes = readFileSync(blobs.pathOf(digest))
    return digestOf(bytes) === digest ? bytes.toString('utf8') : null
  }

  return {
    read: (): readonly ListedPack[] => named().flatMap((manifest) => readPack(manifest) ?? []),

    /** What is named and cannot be looked into, its list being hurt or gone: the manifest, and the blob that it is of. */
    obscure(isKnown: (manifest: Digest) => boolean): readonly Digest[] {
      return named()
        .filter((manifest) => !isKnown(manifest))
        .flatMap((manifest) => [manifest, readFileSync(join(folder, manifest.slice(7)), 'utf8').trim()])
        .filter(isDigest)
    },
  }
}
