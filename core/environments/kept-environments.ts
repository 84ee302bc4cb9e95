import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { CleanedEnvironments, KeptEnvironment } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { bytesIn } from '../store/folder-bytes.ts'
import { readRecord, recordFile } from './environment-record.ts'
import { listInstalled, ownPackages } from './installed-packages.ts'

/** The environments of past runs in `.slipway/environments`: made when a run is proved, kept until they are removed. */
export type KeptEnvironments = {
  /** The one used last first. */
  list(): Promise<readonly KeptEnvironment[]>
  /** All that are not in use, or those named. @throws environments/keptUnknown, environments/keptInUse; removes nothing then */
  clean(names?: readonly string[]): Promise<CleanedEnvironments>
  /** Marks one as in use, and as used now. @returns what ends that */
  hold(name: string): Promise<() => void>
}

/** @param folder absolute; need not be there */
export function createKeptEnvironments(folder: string): KeptEnvironments {
  const held = new Map<string, number>()

  async function list(): Promise<readonly KeptEnvironment[]> {
    const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : []
    const kept = await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => describe(name)))
    return kept.sort((a, b) => (a.lastUsedAt < b.lastUsedAt ? 1 : -1))
  }

  async function describe(name: string): Promise<KeptEnvironment> {
    const place = join(folder, name)
    const record = readRecord(place)
    // Without its record it was never finished: then the folder's own age has to do.
    const { mtime } = await stat(record === null ? place : recordFile(place))
    return {
      name,
      python: record?.python ?? null,
      lockDigest: record?.lockDigest ?? null,
      packages: record === null ? 0 : listInstalled(place).filter((one) => !ownPackages.has(one.name)).length,
      sizeBytes: await bytesIn(place),
      lastUsedAt: mtime.toISOString(),
      inUse: (held.get(name) ?? 0) > 0,
    }
  }

  return {
    list,
    async clean(names) {
      const all = await list()
      const known = all.map(({ name }) => name)
      const unknown = names?.find((name) => !known.includes(name))
      if (unknown !== undefined)
        throw fail('environments/keptUnknown', { name: unknown, nearest: nearestName(unknown, known) })
      const busy = all.find(({ name, inUse }) => inUse && names?.includes(name))
      if (busy) throw fail('environments/keptInUse', { name: busy.name })
      const removed: KeptEnvironment[] = []
      for (const one of all) {
        // Asked again: a proof may have begun meanwhile.
        if ((names && !names.includes(one.name)) || (held.get(one.name) ?? 0) > 0) continue
        const leaving = join(folder, `.${one.name}.removed`)
        await rename(join(folder, one.name), leaving)
        await rm(leaving, { recursive: true, force: true })
        removed.push(one)
      }
      return { removed, freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
    },
    async hold(name) {
      held.set(name, (held.get(name) ?? 0) + 1)
      const now = new Date()
      await utimes(recordFile(join(folder, name)), now, now).catch(() => undefined)
      let isHeld = true
      return () => {
        if (isHeld) held.set(name, (held.get(name) ?? 1) - 1)
        isHeld = false
      }
    },
  }
}
