import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isFailure } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { RecordingSettings } from '../domain/project.ts'
import type { FileToKeep } from '../store/kept-files.ts'
import type { Store } from '../store/store.ts'

/** The bytes of the files that steps read, so that a run can be executed again when they have changed. */
export type KeptInputs = {
  /** Keeps what a step read, up to the limits of [recording]. What is too large, or cannot be kept, is left out. */
  keep(runId: string, observed: Observation): Promise<void>
}

const mostRuns = 100

export function createKeptInputs(
  projectFolder: string,
  store: Store,
  settings: () => Promise<RecordingSettings>,
): KeptInputs {
  const usedBytes = new Map<string, number>()
  return {
    async keep(runId, observed) {
      const { keepFileBytes, keepRunBytes } = await settings()
      const files: FileToKeep[] = []
      let used = usedBytes.get(runId) ?? 0
      for (const { path, digest } of observed.filesRead) {
        if (digest === null || path.startsWith('package:') || store.files.has(digest)) continue
        const file = await realpath(join(projectFolder, path)).catch(() => null)
        const facts = file === null ? null : await stat(file).catch(() => null)
        if (file === null || !facts?.isFile() || facts.size > keepFileBytes) continue
        if (used + facts.size > keepRunBytes) continue
        used += facts.size
        files.push({ file, sizeBytes: facts.size })
      }
      if (!usedBytes.has(runId) && usedBytes.size >= mostRuns) usedBytes.clear()
      usedBytes.set(runId, used)
      await keepWhatCan(files, store)
    },
  }
}

/** A file that cannot be kept makes no run fail: proving it later says what is missing. */
async function keepWhatCan(files: readonly FileToKeep[], store: Store): Promise<void> {
  if (files.length === 0) return
  try {
    await store.files.keep(files)
  } catch (error) {
    if (!isFailure(error)) throw error
    if (files.length > 1) for (const file of files) await keepWhatCan([file], store)
  }
}
