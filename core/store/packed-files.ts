import { rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BlobFolder } from './blob-folder.ts'
import { createBlobPacks } from './blob-packs.ts'
import type { Gathered } from './file-work.ts'
import { digestOf } from './hash-file.ts'
import { createPackFolder, type ListedPack } from './pack-folder.ts'
import { toReadFailure } from './read-failure.ts'

export type Pack = Omit<ListedPack, 'members'> & { readonly files: readonly Digest[] }
/** Where the bytes of a small file lie. */
type Place = { readonly pack: Pack; readonly offset: number; readonly length: number }

export type PackedFiles = ReturnType<typeof createPackedFiles>

/** Small files that were kept together, one after the other in one file. */
export function createPackedFiles(
  folders: { readonly packed: string; readonly packs: string },
  temporary: string,
  blobs: BlobFolder,
) {
  const blobPacks = createBlobPacks(folders.packs, blobs)
  const folder = createPackFolder(folders.packed, temporary)
  let loaded: {
    readonly places: Map<Digest, Place>
    /** Of those that lie in more than one pack. */
    readonly others: Map<Digest, readonly Place[]>
    readonly packs: Map<Digest, Pack>
  } | null = null
  /** Found wrong when read: the same bytes are kept anew when they come again. */
  const suspects = new WeakSet<Place>()
  let changes = 0

  function known() {
    if (loaded !== null) return loaded
    loaded = { places: new Map(), others: new Map(), packs: new Map() }
    for (const pack of blobPacks.read()) learn(pack)
    for (const pack of folder.read()) learn(pack)
    return loaded
  }

  function learn({ members, ...rest }: ListedPack): void {
    changes++
    const { places, others, packs } = loaded as NonNullable<typeof loaded>
    const pack: Pack = { ...rest, files: members.map(({ digest }) => digest) }
    for (const { digest, offset, length } of members) {
      const place = { pack, offset, length }
      if (places.has(digest)) others.set(digest, [...(others.get(digest) ?? []), place])
      else places.set(digest, place)
    }
    packs.set(pack.name, pack)
  }

  function placesOf(digest: Digest): readonly Place[] {
    const { places, others } = known()
    const place = places.get(digest)
    return place === undefined ? [] : [place, ...(others.get(digest) ?? [])]
  }

  const stands = ({ pack }: Place) => statSync(pack.file, { throwIfNoEntry: false })?.isFile() ?? false
  const placeOf = (digest: Digest) => placesOf(digest).find(stands) ?? null
  const isBlob = ({ kind }: Pack) => kind === 'packs'

  async function readAt({ pack, offset, length }: Place): Promise<Buffer> {
    const handle = await open(pack.file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  }

  return {
    folder,
    has: (digest: Digest) => placeOf(digest) !== null,
    sizeOf: (digest: Digest) => placeOf(digest)?.length ?? null,

    /** By the names that stand among the blobs, looked up once by the caller; what was found hurt is not among them. */
    isAmong(names: ReadonlySet<string>): (digest: Digest) => boolean {
      const { places, others, packs } = known()
      const own = new Set(folder.names().map(digestHex))
      const standing = new Set(
        [...packs.values()].filter((pack) => (isBlob(pack) ? names : own).has(basename(pack.file))),
      )
      const isGood = (place: Place) => standing.has(place.pack) && !suspects.has(place)
      return (digest) => {
        const place = places.get(digest)
        return place !== undefined && (isGood(place) || (others.get(digest)?.some(isGood) ?? false))
      }
    },

    digests: (): Iterable<Digest> => known().places.keys(),

    /** From wherever it lies whole. */
    async read(digest: Digest): Promise<Buffer> {
      let problem: unknown = fail('store/blobMissing', { digest })
      for (const place of placesOf(digest).filter(stands)) {
        try {
          const bytes = await readAt(place)
          const found = digestOf(bytes)
          if (found === digest) return bytes
          suspects.add(place)
          changes++
          problem = fail('store/blobHurt', { digest, found })
        } catch (error) {
          problem = toReadFailure(error, digest)
        }
      }
      throw problem
    },

    /** Gives packs that threads have made, and that are synced, their names. */
    async publish(gathered: readonly Gathered[]): Promise<void> {
      known()
      const made = gathered.flatMap(({ files, pack }) =>
        pack === null ? [] : [{ unfinished: pack.staged, name: parseDigest(`sha256:${pack.hex}`), files }],
      )
      await folder.place(made)
      for (const { name, files } of made) {
        const members = files.flatMap((file) =>
          'refused' in file || file.offset === null || !file.isNew
            ? []
            : [{ digest: file.digest, offset: file.offset, length: file.stamp.sizeBytes }],
        )
        learn({ kind: 'packed', name, file: folder.pathOf(name), parts: [name], members })
        blobs.notePut(name)
      }
      forgetLost()
    },

    /** Somebody may be about to record these, which are kept already. */
    noteUse(digests: Iterable<Digest>): void {
      const packs = new Set<Pack>()
      for (const digest of digests) for (const { pack } of placesOf(digest)) packs.add(pack)
      for (const { name } of packs) blobs.notePut(name)
    },

    /** What doctor finds hurt when this file is: its pack, and what names that. */
    partsOf: (digest: Digest): readonly Digest[] => (placeOf(digest) ?? placesOf(digest)[0])?.pack.parts ?? [],

    packs: (): readonly Pack[] => [...known().packs.values()],
    isPack: (name: Digest) => folder.names().includes(name),
    obscure: () => blobPacks.obscure((manifest) => known().packs.has(manifest)),

    /** Before a hurt pack goes: what is sound in it is kept. */
    async rescue(name: Digest): Promise<void> {
      known()
      const copy = await folder.copySound(name)
      if (copy !== null) learn(copy)
    },

    /** Another number each time that something was learnt or forgotten. */
    changes(): number {
      known()
      return changes
    },

    /** Packs were moved by somebody else. */
    reread(): void {
      changes++
      loaded = null
    },
  }

  /** A blob of many files that is gone, and whose files are all kept elsewhere by now, has nothing left to say. */
  function forgetLost(): void {
    const { packs } = known()
    for (const pack of packs.values()) {
      if (!isBlob(pack) || statSync(pack.file, { throwIfNoEntry: false }) !== undefined) continue
      if (pack.files.some((digest) => !placesOf(digest).some(stands))) continue
      rmSync(join(folders.packs, digestHex(pack.name)), { force: true })
      packs.delete(pack.name)
    }
  }
}
