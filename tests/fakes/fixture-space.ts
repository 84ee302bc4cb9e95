import type { ProjectCore } from '../../core/api/project-core.ts'
import type { SpaceAmount } from '../../core/domain/space.ts'
import type { FixtureJobs } from './fixture-jobs.ts'
import { digestOf } from './fixture-pipeline.ts'

const dayMs = 86_400_000
const nothing: SpaceAmount = { count: 0, bytes: 0 }
const sum = (one: SpaceAmount, other: SpaceAmount) => ({
  count: one.count + other.count,
  bytes: one.bytes + other.bytes,
})

/** Disk space of a project that has been worked in for a while. */
export function createFixtureSpace(jobs: FixtureJobs): ProjectCore['space'] {
  let unused: SpaceAmount = { count: 214, bytes: 1_840_000_000 }
  let young: SpaceAmount = { count: 3, bytes: 41_000_000 }
  let trash: SpaceAmount = { count: 58, bytes: 620_000_000 }
  let freeBytes = 12_400_000_000
  return {
    survey: async ({ olderThanMs = dayMs }) => ({
      uses: [
        { use: 'runs', count: 3_120, bytes: 5_210_000_000 },
        { use: 'data', count: 41, bytes: 11_900_000_000 },
        { use: 'images', count: 37, bytes: 733_000_000 },
        { use: 'unused', ...sum(unused, young) },
        { use: 'trash', ...trash },
        { use: 'records', count: 2, bytes: 91_000_000 },
        { use: 'logs', count: 0, bytes: 0 },
        { use: 'environment', count: 6, bytes: 1_370_000_000 },
        { use: 'pastEnvironments', count: 2, bytes: 721_000_000 },
        { use: 'temporary', count: 1, bytes: 0 },
      ],
      olderThanMs,
      unused,
      largest: [812_000_000, 402_000_000, 96_500_000, 4_100_000, 812].slice(0, unused.count).map((bytes, at) => ({
        digest: digestOf(`unused ${at}`),
        bytes,
        storedAt: new Date(Date.now() - (at + 3) * 5 * dayMs).toISOString(),
      })),
      young,
      besideOthers: { count: 120, bytes: 3_400_000 },
      logs: nothing,
      ending: nothing,
      resting: trash,
      deletedRuns: { count: 0, ending: 0 },
      nextEndAt: trash.count === 0 ? null : new Date(Date.now() + 4 * dayMs).toISOString(),
      strangers: [],
      freeBytes,
    }),
    clear: ({ olderThanMs = dayMs, emptyTrash = false }) =>
      jobs.start('space', 'Give back disk space', async (report) => {
        report({ phase: 'Move to the trash', done: 0, total: unused.count, unit: 'blobs' })
        const moved = olderThanMs === 0 ? sum(unused, young) : unused
        if (olderThanMs === 0) young = nothing
        unused = nothing
        const ended = emptyTrash ? sum(trash, moved) : nothing
        trash = emptyTrash ? nothing : sum(trash, moved)
        freeBytes += ended.bytes
        const records = emptyTrash ? ({ state: 'shrunk', bytes: 41_000_000 } as const) : null
        return { moved, ended, runs: 0, restored: nothing, logs: nothing, records, emptied: emptyTrash, freeBytes }
      }),
  }
}
