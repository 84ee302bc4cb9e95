import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store/store.ts'

/** Where one step run writes: `outputs` takes what is to be stored, `scratch` is its own. All three are absolute and its alone. */
export type StagingFolder = { readonly folder: string; readonly outputs: string; readonly scratch: string }

/** Of one run. One that a step left empty serves the next: disks take longer over making and removing three than a small step takes. */
export type StagingFolders = {
  take(): Promise<StagingFolder>
  /** Only once no process of the step is left that could write into it. */
  giveBack(staging: StagingFolder): Promise<void>
  remove(staging: StagingFolder): Promise<void>
  /** Removes those that wait for a step. */
  end(): Promise<void>
}

const mode = 0o700

export function createStagingFolders(store: Pick<Store, 'makeStaging'>): StagingFolders {
  const free: StagingFolder[] = []
  const remove = ({ folder }: StagingFolder) => rm(folder, { recursive: true, force: true })
  return {
    async take() {
      const kept = free.pop()
      if (kept) return kept
      const folder = await store.makeStaging('step')
      const made = { folder, outputs: join(folder, 'outputs'), scratch: join(folder, 'scratch') }
      try {
        for (const each of [made.outputs, made.scratch]) mkdirSync(each, { mode })
      } catch (error) {
        await remove(made)
        throw error
      }
      return made
    },
    async giveBack(staging) {
      if (isAsMade(staging)) free.push(staging)
      else await remove(staging)
    },
    remove,
    async end() {
      await Promise.all(free.splice(0).map(remove))
    },
  }
}

/** Nothing is in it, and nothing else stands where its folders stood. */
function isAsMade({ folder, outputs, scratch }: StagingFolder): boolean {
  try {
    const inside = readdirSync(folder, { withFileTypes: true })
    return (
      inside.length === 2 &&
      inside.every((entry) => entry.isDirectory()) &&
      [outputs, scratch].every((each) => (statSync(each).mode & 0o7777) === mode && readdirSync(each).length === 0)
    )
  } catch {
    return false
  }
}
