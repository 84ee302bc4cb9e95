import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { DeletedRun } from '../domain/run.ts'
import {
  type SpaceAmount,
  type SpaceFreed,
  type SpaceRequest,
  type SpaceSurvey,
  trashRestMs,
  unusedRestMs,
} from '../domain/space.ts'
import type { Store } from '../store/store.ts'
import type { UnusedBlob } from '../store/sweep.ts'
import type { Trashed } from '../store/trash.ts'
import { findHeldDigests, type HeldDigests } from './held-digests-queries.ts'
import { findLeftoverLogs, moveLogs } from './leftover-logs.ts'
import { measureFolders } from './measure-folders.ts'

export type Space = {
  /** Looks and changes nothing. */
  survey(request?: Pick<SpaceRequest, 'olderThanMs'>): Promise<SpaceSurvey>
  /**
   * Ends what has lain in the trash for its time, and moves there what nothing needs. One at a time; a second waits.
   * Nothing of it takes space, so that it works where none is left.
   * @throws store/folderReplaced, store/trashFull
   */
  clear(
    request: SpaceRequest,
    call: { readonly report: ReportProgress; readonly signal: AbortSignal },
  ): Promise<SpaceFreed>
}

export type SpaceOptions = {
  readonly database: Database
  readonly store: Store
  /** Absolute: `.slipway` of the project. */
  readonly slipwayFolder: string
  readonly runs: {
    deleted(): readonly Pick<DeletedRun, 'deletedAt' | 'usedBy'>[]
    /** @returns ids of those that went */
    end(isOver: (run: Pick<DeletedRun, 'deletedAt'>) => boolean): readonly string[]
  }
  /** What goes on now and may be about to record something: since when, and when all of it has ended. */
  readonly work: () => { readonly sinceMs: number; readonly ended: Promise<unknown> } | null
}

export const spacePhases = [
  'Find what is needed',
  'Empty the trash',
  'Move to the trash',
  'Make the records smaller',
] as const

/** Whoever puts bytes records them at once, but for an upload to the embedded registry, which takes its time. */
const shortestPutRestMs = 3_600_000
const mostListed = 100

/** Where the space of a project went, and giving back what nothing needs. */
export function createSpace({ database, store, slipwayFolder, runs, work }: SpaceOptions): Space {
  const trashFolder = join(slipwayFolder, 'trash')
  const logsFolder = join(slipwayFolder, 'logs')
  let turn: Promise<unknown> = Promise.resolve()

  const limits = (olderThanMs = unusedRestMs) => {
    const now = work()
    return { olderThanMs, sparePutsOfMs: Math.max(shortestPutRestMs, now === null ? 0 : Date.now() - now.sinceMs) }
  }

  /** Records may have come to count on what was moved while it was looked for: that is put back. */
  async function putBack(): Promise<readonly Trashed[]> {
    const back: Trashed[] = []
    await store.restoreTrashed(allOf(await findHeldDigests(database)), (taken) => {
      // As it is counted when it goes: what only names others takes no space of its own.
      if (taken.kind === 'blob' || taken.kind === 'packed') back.push(taken)
    })
    return back
  }

  const isOver = (deletedAt: string) => Date.now() - Date.parse(deletedAt) >= trashRestMs

  /** Null where the disk has no space to write that down. What goes on may have planned to reuse their results. */
  function endRuns(all: boolean): readonly string[] | null {
    const sinceMs = work()?.sinceMs ?? Number.POSITIVE_INFINITY
    try {
      return runs.end(({ deletedAt }) => (all || isOver(deletedAt)) && Date.parse(deletedAt) < sinceMs)
    } catch (error) {
      if (isFailure(error, 'database/full')) return null
      throw error
    }
  }

  async function clear(
    { olderThanMs, emptyTrash = false }: SpaceRequest,
    { report, signal }: Parameters<Space['clear']>[1],
  ): Promise<SpaceFreed> {
    if (database.readOnly) throw fail('database/readOnly', { reason: database.readOnly.message })
    report({ phase: 'Find what is needed' })
    const restored = new Map<Digest, number>()
    for (const { digest, sizeBytes } of await putBack()) restored.set(digest, sizeBytes)
    signal.throwIfAborted()
    report({ phase: 'Empty the trash' })
    const ended = [await store.emptyTrash(emptyTrash ? 0 : trashRestMs)]
    const moved = new Map<Digest, number>()
    let over = endRuns(emptyTrash)
    const leftover = await findLeftoverLogs(database, logsFolder, olderThanMs ?? unusedRestMs)
    const logs = await moveLogs(leftover, logsFolder, trashFolder)
    for (;;) {
      signal.throwIfAborted()
      const before = moved.size
      const problem = await move(olderThanMs, (blobs, total) => {
        for (const { digest, freesBytes } of blobs) moved.set(digest, freesBytes)
        report({ phase: 'Move to the trash', done: moved.size, total: before + total, unit: 'blobs' })
        signal.throwIfAborted()
      })
      for (const { digest, sizeBytes } of await putBack()) if (!moved.delete(digest)) restored.set(digest, sizeBytes)
      const now = emptyTrash ? await store.emptyTrash(0) : { count: 0, bytes: 0 }
      ended.push(now)
      if (problem === null) {
        if (over !== null) break
        // What was freed may be enough by now.
        over = endRuns(emptyTrash)
        if (over === null || over.length === 0) break
        continue
      }
      // Even a name may find no space in the trash: what was moved so far is ended, where that was asked for.
      if (!isFailure(problem, 'store/full')) throw problem
      if (now.count === 0) throw fail('store/trashFull', { moved: moved.size, folder: trashFolder }, { cause: problem })
    }
    // What was asked for by name alone before it was moved, and is recorded later.
    if (moved.size > 0)
      void work()
        ?.ended.then(putBack)
        .catch(() => undefined)
    report({ phase: 'Make the records smaller' })
    const records = await shrinkRecords(await freeBytesAt(slipwayFolder))
    return {
      moved: { count: moved.size, bytes: sum(moved.values()) },
      ended: add(ended),
      runs: over?.length ?? 0,
      restored: { count: restored.size, bytes: sum(restored.values()) },
      logs,
      records,
      emptied: emptyTrash,
      freeBytes: await freeBytesAt(slipwayFolder),
    }
  }

  /** While something goes on, it is not to wait for that. */
  async function shrinkRecords(roomBytes: number): Promise<SpaceFreed['records']> {
    return work() === null ? database.shrink(roomBytes) : null
  }

  async function move(
    olderThanMs: number | undefined,
    onMoved: (blobs: readonly UnusedBlob[], total: number) => void,
  ): Promise<unknown> {
    try {
      await store.sweepUnreferenced(allOf(await findHeldDigests(database)), limits(olderThanMs), onMoved)
      return null
    } catch (error) {
      return error
    }
  }

  return {
    async survey({ olderThanMs = unusedRestMs } = {}) {
      const held = await findHeldDigests(database)
      const plan = await store.planSweep(allOf(held), limits(olderThanMs))
      const { entries, copies, strangers } = await store.trashed()
      const deleted = runs.deleted()
      const logs = await findLeftoverLogs(database, logsFolder, olderThanMs)
      const lying = [...entries, ...copies]
      const isEnding = ({ trashedAtMs }: { readonly trashedAtMs: number }) => Date.now() - trashedAtMs >= trashRestMs
      const resting = lying.filter((one) => !isEnding(one))
      const unused = amountOf(plan.blobs.map(({ freesBytes }) => freesBytes))
      const nextEndMs = Math.min(...resting.map(({ trashedAtMs }) => trashedAtMs + trashRestMs))
      const largest = [...plan.blobs].sort((a, b) => b.freesBytes - a.freesBytes).slice(0, mostListed)
      return {
        uses: [
          ...usesOfBlobs(plan.stored, held),
          { use: 'unused', ...add([unused, plan.young]) },
          { use: 'trash', ...amountOf(lying.map(({ sizeBytes }) => sizeBytes)) },
          ...(await measureFolders(slipwayFolder)),
        ],
        olderThanMs,
        unused,
        largest: largest.map(({ digest, freesBytes, storedAt }) => ({ digest, bytes: freesBytes, storedAt })),
        young: plan.young,
        besideOthers: plan.besideOthers,
        ending: amountOf(lying.filter(isEnding).map(({ sizeBytes }) => sizeBytes)),
        resting: amountOf(resting.map(({ sizeBytes }) => sizeBytes)),
        logs: amountOf(logs.map(({ bytes }) => bytes)),
        deletedRuns: {
          count: deleted.length,
          ending: deleted.filter(({ deletedAt, usedBy }) => usedBy === null && isOver(deletedAt)).length,
        },
        nextEndAt: resting.length === 0 ? null : new Date(nextEndMs).toISOString(),
        strangers,
        freeBytes: await freeBytesAt(slipwayFolder),
      }
    },
    clear(request, call) {
      const mine = turn.then(() => clear(request, call))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

/** Each blob once: for the dataset that has it before the run, the model or the image that has it too. */
function usesOfBlobs(
  stored: Awaited<ReturnType<Store['planSweep']>>['stored'],
  held: HeldDigests,
): SpaceSurvey['uses'] {
  const totals = { runs: { count: 0, bytes: 0 }, data: { count: 0, bytes: 0 }, images: { count: 0, bytes: 0 } }
  for (const { digest, bytes, by } of stored) {
    if (by === null) continue
    const use = by === 'parts' ? 'data' : by === 'names' ? 'images' : holderOf(digest)
    totals[use].count++
    totals[use].bytes += bytes
  }
  return [
    { use: 'runs', ...totals.runs },
    { use: 'data', ...totals.data },
    { use: 'images', ...totals.images },
  ]

  function holderOf(digest: Digest) {
    if (held.data.has(digest)) return 'data'
    return held.runs.has(digest) ? 'runs' : 'images'
  }
}

function allOf({ runs, data, images }: HeldDigests): ReadonlySet<Digest> {
  return new Set([...runs, ...data, ...images])
}

function amountOf(sizes: readonly number[]): SpaceAmount {
  return { count: sizes.length, bytes: sum(sizes) }
}

function add(amounts: readonly SpaceAmount[]): SpaceAmount {
  return { count: sum(amounts.map(({ count }) => count)), bytes: sum(amounts.map(({ bytes }) => bytes)) }
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const one of numbers) total += one
  return total
}

async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
