import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { StepSource } from '../project/opened-project.ts'
import { digestOf } from '../store/hash-file.ts'
import type { Store } from '../store/store.ts'
import type { SourceFile } from '../tracking/run-records.ts'
import type { FileDigests } from './file-digests.ts'

/** Stores modules that a step imported in ways that only running it could tell. */
export async function recordImports(
  projectFolder: string,
  observed: Observation,
  sources: readonly SourceFile[],
  store: Store,
): Promise<void> {
  for (const { path, digest } of observed.modules) {
    if (sources.some((source) => source.path === path) || store.has(digest)) continue
    // One that was changed or deleted since is known by its digest alone.
    const bytes = await readFile(join(projectFolder, path)).catch(() => null)
    if (bytes !== null && digestOf(bytes) === digest) await store.putBytes(bytes, mediaTypes.source)
  }
}

/**
 * Stores what a step is made of: the whole modules (its own first), for people and for lineage, and the code
 * that it can reach, so that a later plan can show what changed.
 */
export async function recordSources(
  projectFolder: string,
  module: string,
  source: StepSource,
  store: Store,
  digests: FileDigests,
): Promise<readonly SourceFile[]> {
  await store.putBytes(source.text, mediaTypes.source)
  const paths = new Set([module, ...source.modules, ...source.parts.map((part) => part.module)])
  const files: SourceFile[] = []
  for (const path of paths) {
    const known = await digests.digestInProject(path)
    if (known !== null && store.has(known)) {
      files.push({ path, digest: known })
      continue
    }
    const bytes = await readFile(join(projectFolder, path)).catch(() => {
      throw fail('project/fileMissing', { path })
    })
    files.push({ path, digest: (await store.putBytes(bytes, mediaTypes.source)).digest })
  }
  return files
}
