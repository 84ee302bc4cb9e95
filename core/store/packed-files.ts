import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes, ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, digestHex, isDigest, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { Gathered } from './file-work.ts'
import { digestOf } from './hash-file.ts'
import { makeFolder, syncFolder } from './publish.ts'
import { toReadFailure } from './read-failure.ts'

/** Where the bytes of a small file lie. */
type Place = { readonly pack: Digest; readonly offset: number; readonly length: number }
type Pack = {
  readonly manifest: Digest
  readonly list: Digest
  readonly pack: Digest
  readonly files: readonly Digest[]
}

export type StagedPack = {
  readonly blobs: readonly { readonly unfinished: string; readonly digest: Digest; readonly sizeBytes: number }[]
  readonly pointer: string
  readonly manifest: Digest
  readonly list: StoredList
}
type StoredList = {
  readonly pack: Digest
  readonly files: readonly (readonly [hex: string, offset: number, length: number])[]
}

export type PackedFiles = ReturnType<typeof createPackedFiles>

const artifactType = 'application/vnd.slipway.packed-files.v1'

/**
 * Small files that were kept together, one after the other in one blob. Each pack is an OCI artifact: its config lists
 * the files, its layer holds their bytes. `packs` in the layout's folder names the manifests.
 */
export function createPackedFiles(folder: string, blobs: BlobFolder) {
  let loaded: { readonly places: Map<Digest, Place>; readonly packs: Map<Digest, Pack> } | null = null
  let changes = 0

  function known() {
    if (loaded !== null) return loaded
    loaded = { places: new Map(), packs: new Map() }
    if (!existsSync(folder)) return loaded
    for (const name of readdirSync(folder)) {
      const manifest = `sha256:${name}`
      if (!isDigest(manifest)) continue
      const [list, text] = readList(manifest) ?? []
      if (list !== undefined && text !== undefined) learn(manifest, list, JSON.parse(text) as StoredList)
    }
    return loaded
  }

  /** Null when one of the two is missing or hurt: then nothing of the pack is kept, and doctor says what is lost. */
  function readList(manifest: Digest): readonly [Digest, string] | null {
    const text = readSound(manifest)
    const list = text === null ? null : (JSON.parse(text) as { config: { digest: Digest } }).config.digest
    const listText = list === null ? null : readSound(list)
    return list === null || listText === null ? null : [list, listText]
  }

  function readSound(digest: Digest): string | null {
    if (blobs.sizeOf(digest) === null) return null
    const bytes = readFileSync(blobs.pathOf(digest))
    return digestOf(bytes) === digest ? bytes.toString('utf8') : null
  }

  /** A pack that is there goes before one that is lost. */
  function learn(manifest: Digest, list: Digest, { pack, files }: StoredList): void {
    changes++
    const { places, packs } = loaded as NonNullable<typeof loaded>
    const isThere = blobs.sizeOf(pack) !== null
    const digests = files.map(([hex, offset, length]) => {
      const digest = `sha256:${hex}` as Digest
      if (isThere || !places.has(digest)) places.set(digest, { pack, offset, length })
      return digest
    })
    packs.set(manifest, { manifest, list, pack, files: digests })
  }

  const placeOf = (digest: Digest): Place | null => {
    const place = known().places.get(digest)
    return place !== undefined && blobs.sizeOf(place.pack) !== null ? place : null
  }

  return {
    has: (digest: Digest) => placeOf(digest) !== null,
    sizeOf: (digest: Digest) => placeOf(digest)?.length ?? null,

    /** By the names that stand among the blobs, looked up once by the caller. */
    isAmong(names: ReadonlySet<string>): (digest: Digest) => boolean {
      const { places, packs } = known()
      const standing = new Set([...packs.values()].map(({ pack }) => pack).filter((pack) => names.has(digestHex(pack))))
      return (digest) => {
        const place = places.get(digest)
        return place !== undefined && standing.has(place.pack)
      }
    },

    digests: (): Iterable<Digest> => known().places.keys(),

    async read(digest: Digest): Promise<Buffer> {
      const place = placeOf(digest)
      if (place === null) throw fail('store/blobMissing', { digest })
      try {
        const handle = await open(blobs.pathOf(place.pack), 'r')
        try {
          const { buffer, bytesRead } = await handle.read(Buffer.alloc(place.length), 0, place.length, place.offset)
          const bytes = buffer.subarray(0, bytesRead)
          const found = digestOf(bytes)
          if (found !== digest) throw fail('store/blobHurt', { digest, found })
          return bytes
        } finally {
          await handle.close()
        }
      } catch (error) {
        throw toReadFailure(error, digest)
      }
    },

    /** Writes what names the pack's files beside the pack; nothing is synced or in place yet. */
    stage({ files, pack }: Gathered & { readonly pack: NonNullable<Gathered['pack']> }): StagedPack {
      const digest = parseDigest(`sha256:${pack.hex}`)
      const listed = new Map<string, readonly [string, number, number]>()
      for (const file of files)
        if (!('refused' in file) && file.offset !== null)
          listed.set(file.hex, [file.hex, file.offset, file.stamp.sizeBytes])
      const list: StoredList = { files: [...listed.values()], pack: digest }
      // Canonical as it stands: thousands of lists need no sorting of keys.
      const config = stageText(`${pack.staged}-list`, JSON.stringify(list))
      const manifest = stageText(
        `${pack.staged}-manifest`,
        canonicalJson({
          schemaVersion: 2,
          mediaType: ociMediaTypes.manifest,
          artifactType,
          config: { mediaType: mediaTypes.packList, digest: config.digest, size: config.sizeBytes },
          layers: [{ mediaType: mediaTypes.bytes, digest, size: pack.sizeBytes }],
        }),
      )
      const pointer = `${pack.staged}-pointer`
      writeFileSync(pointer, `${digest}\n`, { mode: 0o600 })
      const own = { unfinished: pack.staged, digest, sizeBytes: pack.sizeBytes }
      return { blobs: [own, config, manifest], pointer, manifest: manifest.digest, list }
    },

    /** The blobs are in place and everything is synced: gives the packs their names. */
    async publish(staged: readonly StagedPack[]): Promise<void> {
      if (staged.length === 0) return
      known()
      await makeFolder(folder)
      for (const { pointer, manifest } of staged) renameSync(pointer, join(folder, digestHex(manifest)))
      await syncFolder(folder)
      for (const { manifest, list, blobs: placed } of staged)
        learn(manifest, (placed[1] as { digest: Digest }).digest, list)
      forgetLost()
    },

    /** The list that names a file, and the pack that holds it. */
    partsOf(digest: Digest): readonly Digest[] {
      const place = known().places.get(digest)
      if (place === undefined) return []
      const pack = [...known().packs.values()].find((one) => one.pack === place.pack)
      return pack === undefined ? [place.pack] : [pack.manifest, pack.list, pack.pack]
    },

    manifests: (): readonly Pack[] => [...known().packs.values()],

    /** What is named and cannot be looked into, its list being hurt or gone: the manifest, and the blob that it is of. */
    obscure(): readonly Digest[] {
      const { packs } = known()
      return (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
        const manifest = `sha256:${name}`
        if (!isDigest(manifest) || packs.has(manifest)) return []
        return [manifest, readFileSync(join(folder, name), 'utf8').trim()].filter(isDigest)
      })
    },

    /** Another number each time that something was learnt or forgotten. */
    changes(): number {
      known()
      return changes
    },

    /** Its pointers were moved by somebody else. */
    reread(): void {
      changes++
      loaded = null
    },
  }

  /** A pack that is gone and whose files are all kept elsewhere by now has nothing left to say. */
  function forgetLost(): void {
    const { packs, places } = known()
    for (const { manifest, pack, files } of packs.values()) {
      if (blobs.sizeOf(pack) !== null || files.some((digest) => places.get(digest)?.pack === pack)) continue
      rmSync(join(folder, digestHex(manifest)), { force: true })
      packs.delete(manifest)
    }
  }
}

function stageText(unfinished: string, text: string) {
  writeFileSync(unfinished, text, { mode: 0o444 })
  return { unfinished, digest: digestOf(text), sizeBytes: Buffer.byteLength(text) }
}
