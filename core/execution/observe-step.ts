import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Observation } from '../domain/observation.ts'
import { variableDigest } from './cache-key.ts'
import type { FileDigests } from './file-digests.ts'
import type { StepObserved } from './step-protocol.ts'

/** What a step was seen to do, with the digests of what it touched. */
export type ObservedStep = {
  readonly observation: Observation
  /** False when a file that it read was changed by somebody else meanwhile: then nobody knows what it read. */
  readonly certain: boolean
}

const ownFolders = /^(\.slipway|\.git)(\/|$)|(^|\/)__pycache__\//

/** Digests are taken after the step ended; `startedAtMs` tells whether they can be what it read. */
export async function observeStep(
  seen: StepObserved | null,
  platform: Readonly<Record<string, string>>,
  files: FileDigests,
  startedAtMs: number,
): Promise<ObservedStep> {
  const ours = (path: string) => !ownFolders.test(path)
  const withDigest = async (path: string) => ({ path, digest: await files.digestInProject(path) })
  const written = new Set(seen?.filesWritten ?? [])
  const [filesRead, filesWritten, modules, packageFiles] = await Promise.all([
    Promise.all((seen?.filesRead ?? []).filter(ours).map(withDigest)),
    Promise.all([...written].filter(ours).map(withDigest)),
    Promise.all((seen?.modules ?? []).map(withDigest)),
    Promise.all(
      (seen?.packageFiles ?? []).map(async ({ name, file }) => ({ path: name, digest: await files.digestOf(file) })),
    ),
  ])
  const causes = [...filesRead, ...modules].filter(({ path }) => !written.has(path))
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
    certain: seen !== null && !changes.some((at) => at !== null && at >= startedAtMs && at <= Date.now()),
  }
}

/** No absolute path is recorded: from the home folder, or the last two names. */
function shortenPath(path: string): string {
  const home = homedir()
  if (path.startsWith(`${home}/`)) return `~${path.slice(home.length)}`
  return join('…', basename(dirname(path)), basename(path))
}
