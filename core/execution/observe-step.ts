import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { Observation, ReadFile, StepEffect } from '../domain/observation.ts'
import type { SourceFile } from '../tracking/run-records.ts'
import { variableDigest } from './cache-key.ts'
import type { DatasetFiles } from './dataset-files.ts'
import type { FileDigests } from './file-digests.ts'
import type { StepOutcome } from './kernel.ts'
import { outsideKey } from './outside-path.ts'

/** What a step was seen to do, with the digests of what it touched. */
export type ObservedStep = {
  readonly observation: Observation
  /** False when something that it read was changed by somebody else meanwhile: then nobody knows what it read. */
  readonly certain: boolean
}

const nothing: DatasetFiles = { files: [], folders: [] }
const ownFolders = /^(\.slipway|\.git)(\/|$)|(^|\/)__pycache__\//

/**
 * Digests of files are taken after the step ended; `span`, by the files' own clock, tells whether they can be what it read.
 * When it started programs whose reading is not seen, the declared datasets count as read. Those of modules come from what was compiled, and are compared with what core had read before.
 */
export async function observeStep(
  { observed: seen, platform }: Pick<StepOutcome, 'observed' | 'platform'>,
  files: FileDigests,
  span: { readonly fromMs: number; readonly toMs: number },
  sources: readonly SourceFile[],
  datasets: () => Promise<DatasetFiles>,
): Promise<ObservedStep> {
  const compiled = (path: string): Digest | null => {
    const digest = seen?.moduleDigests?.[path]
    return isDigest(digest) ? digest : null
  }
  const ours = (path: string) => !ownFolders.test(path)
  const withDigest = async (path: string) => ({ path, digest: await files.digestInProject(path) })
  const asRead = async (path: string, name = path): Promise<ReadFile> => {
    const digest = await files.digestInProject(name)
    const sizeBytes = files.sizeOf(name)
    return sizeBytes === null ? { path, digest } : { path, digest, sizeBytes }
  }
  const written = new Set(seen?.filesWritten ?? [])
  const unseen = seen?.effects?.some(({ kind }) => kind === 'program') ? await datasets() : nothing
  const read = new Set(seen?.filesRead ?? [])
  const listed = new Set([...(seen?.foldersListed ?? []).map((path) => path || '.'), ...unseen.folders])
  const outside = (seen?.outsideReads ?? []).map(files.outsidePath)
  const [filesRead, filesWritten, modules, packageFiles, foldersListed, outsideReads] = await Promise.all([
    Promise.all([
      ...[...read].filter(ours).map((path) => asRead(path)),
      ...unseen.files
        .filter((path) => ours(path) && !read.has(path) && !written.has(path))
        .map(async (path) => ({ ...(await asRead(path)), unseen: true as const })),
    ]),
    Promise.all([...written].filter(ours).map(withDigest)),
    Promise.all(
      (seen?.modules ?? []).map(async (path) => ({ path, digest: compiled(path) ?? (await withDigest(path)).digest })),
    ),
    Promise.all(
      (seen?.packageFiles ?? []).map(async ({ name, file }) => ({ path: name, digest: await files.digestOf(file) })),
    ),
    Promise.all([...listed].map(async (path) => ({ path, names: (await files.namesIn(path)) ?? [] }))),
    Promise.all(outside.map((path) => asRead(path, outsideKey(path)))),
  ])
  const causes = [...filesRead, ...modules].filter(({ path }) => !written.has(path) && compiled(path) === null)
  const names = [...causes.map(({ path }) => path), ...outside.map(outsideKey)]
  const changes = await Promise.all(names.map(files.changedAtMs))
  return {
    observation: {
      filesRead: [...filesRead, ...packageFiles],
      filesWritten,
      foldersListed,
      pathsTested: (seen?.pathsTested ?? []).filter(({ path }) => ours(path)),
      outsideReads,
      // What was only needed while it ran is gone by now.
      outsideWrites: (seen?.outsideWrites ?? []).filter((path) => existsSync(path)).map(shortenPath),
      modules: modules.flatMap(({ path, digest }) => (digest === null ? [] : [{ path, digest }])),
      packages: seen?.packages ?? [],
      variables: (seen?.variables ?? []).map(({ name, value }) => ({ name, valueDigest: variableDigest(value) })),
      network: seen?.network ?? false,
      effects: (seen?.effects ?? []).map(shortenEffect),
      platform,
    },
    certain:
      seen !== null &&
      !changes.some((at) => at !== null && at >= span.fromMs && at <= span.toMs) &&
      sources.every(({ path, digest }) => (compiled(path) ?? digest) === digest),
  }
}

function shortenEffect(effect: StepEffect): StepEffect {
  return effect.kind === 'outsideRead' ? { ...effect, name: shortenPath(effect.name) } : effect
}

/** No absolute path is recorded: from the home folder, or the last two names. */
function shortenPath(path: string): string {
  const home = homedir()
  if (path.startsWith(`${home}/`)) return `~${path.slice(home.length)}`
  return join('…', basename(dirname(path)), basename(path))
}
