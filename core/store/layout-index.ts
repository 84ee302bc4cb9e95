import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ociMediaTypes } from '../domain/descriptor.ts'
import { isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { StoreReference } from './store.ts'

const referenceName = 'org.opencontainers.image.ref.name'

/** An entry of `manifests` as OCI spells it. */
type IndexEntry = {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: StoreReference['platform']
  readonly annotations?: Readonly<Record<string, string>>
}

/** Reads index.json whole. @throws store/notALayout when it is not one */
export async function readIndex(folder: string): Promise<readonly StoreReference[]> {
  const refuse = (problem: string, cause?: unknown) => fail('store/notALayout', { folder, problem }, { cause })
  // A project that was never run, on a disk that takes no writes, has no store and no names in it.
  if (!existsSync(folder)) return []
  let document: unknown
  try {
    document = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
  } catch (error) {
    throw refuse(`index.json cannot be read (${(error as Error).message})`, error)
  }
  const manifests = (document as { manifests?: unknown } | null)?.manifests
  if (!Array.isArray(manifests)) throw refuse('index.json lists no manifests')
  return manifests.map((entry: IndexEntry) => {
    const { mediaType, digest, size, platform, annotations = {} } = entry
    if (!isDigest(digest) || !Number.isSafeInteger(size) || typeof mediaType !== 'string') {
      throw refuse('index.json has an entry without mediaType, digest and size')
    }
    const { [referenceName]: name = digest, ...rest } = annotations
    return {
      name,
      descriptor: { mediaType, digest, sizeBytes: size },
      ...(platform && { platform }),
      ...(Object.keys(rest).length > 0 && { annotations: rest }),
    }
  })
}

export function formatIndex(references: readonly StoreReference[]): string {
  const manifests = references.map(
    ({ name, descriptor, platform, annotations }): IndexEntry => ({
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.sizeBytes,
      ...(platform && { platform }),
      annotations: { ...annotations, [referenceName]: name },
    }),
  )
  return `${JSON.stringify({ schemaVersion: 2, mediaType: ociMediaTypes.index, manifests }, null, 2)}\n`
}
