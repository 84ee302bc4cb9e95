import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { Observation } from '../domain/observation.ts'
import type { SourceFile } from '../tracking/run-records.ts'
import { variableDigest } from './cache-key.ts'
import type { FileDigests } from './file-digests.ts'
import type { StepObserved } from './step-protocol.ts'

/** What a step was seen to do, with the digests of what it touched. */
export type ObservedStep = {
  readonly observation: Observation
  /** False when something that it read was changed by somebody else meanwhile: then nobody knows what it read. */
  readonly certain: boolean
}

const ownFolders = /^(\.slipway|\.git)(\/|$)|(^|\/)__pycache__\//

/**
 * Digests of files are taken after the step ended; `startedAtMs` tells whether they can be what it read.
 * Those of modules come from what was compiled, and are compared with what core had read before.
 */
export async function observeStep(
  seen: StepObserved | null,
  platform: Readonly<Record<string, string>>,
  files: FileDigests,
  startedAtMs: number,
  sources: readonly SourceFile[],
): Promise<ObservedStep> {
  const compiled = (path: string): Digest | null => {
    const digest = seen?.moduleDigests?.[path]
    return isDigest(digest) ? digest : null
  }
  const ours = (path: string) => !ownFolders.test(path)
  const withDigest = async (path: string) => ({ path, digest: await files.digestInProject(path) })
  const written = new Set(seen?.filesWritten ?? [])
  const [filesRead, filesWritten, modules, packageFiles] = await Promise.all([
    Promise.all((seen?.filesRead ?? []).filter(ours).map(withDigest)),
    Promise.all([...written].filter(ours).map(withDigest)),
    Promise.all(
      (seen?.modules ?? []).map(async (path) => ({ path, digest: compiled(path) ?? (await withDigest(path)).digest })),
    ),
    Promise.all(
      (seen?.packageFiles ?? []).map(async ({ name, file }) => ({ path: name, digest: await files.digestOf(file) })),
    ),
  ])
  const causes = [...filesRead, ...modules].filter(({ path }) => !written.has(path) && compiled(path) === null)
  const changes = await Promise.all(causes.map(({ path }) => files.changedAtMs(path)))
  return {
    observation: {
      filesRead: [...filesRead, ...packageFiles],
      filesWritten,
      outsideWrites: (seen?.outsideWrites ?? []).map(shortenPath),
      modules: modules.flatMap(({ path, digest }) => (digest === null ? [] : [{ path, digest }])),
      packages: seen?.packages ?? [],
      variables: (seen?.variables ?? []).map(({ name, value }) => ({ name, valueDigest: variableDigest(value) })),
      network: seen?.network ?? false,
      platform,
    },
    certain:
      seen !== null &&
      !changes.some((at) => at !== null && at >= startedAtMs && at <= Date.now()) &&
      sources.every(({ path, digest }) => (compiled(path) ?? digest) === digest),
  }
}

/** No absolute path is recorded: from the home folder, or the last two names. */
function shortenPath(path: string): string {
  const home = homedir()
  if (path.startsWith(`${home}/`)) return `~${path.slice(home.length)}`
  return join('…', basename(dirname(path)), basename(path))
}
