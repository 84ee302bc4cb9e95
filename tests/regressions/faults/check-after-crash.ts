import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parseDigest } from '../../../core/domain/digest.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { findProcess, isSameProcessAlive, type ProcessIdentity } from '../../../core/tracking/process-identity.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

/**
 * The next start after `record-in-steps.ts` was stopped somewhere: everything it acknowledged is there, doctor finds
 * nothing, no unfinished file is left, no run seems to run, and recording goes on.
 */
export async function checkAfterCrash(
  folder: string,
  said: readonly string[],
  isAlive: (owner: ProcessIdentity) => boolean = isSameProcessAlive,
): Promise<void> {
  const at = await openRecording(folder)
  try {
    at.recorder.recoverInterrupted(isAlive)
    expect(await checkStorage(at)).toEqual([
      expect.objectContaining({ name: 'database', state: 'ok' }),
      expect.objectContaining({ name: 'store', state: 'ok' }),
    ])
    expect(leftovers(folder)).toEqual([])
    const references = await at.store.references()
    for (const line of said) {
      const [what, name] = line.split(' ') as [string, string]
      if (what === 'put') expect((await at.store.readBytes(parseDigest(name))).length).toBeGreaterThan(30_000)
      if (what === 'run') expect(['completed', 'failed']).toContain(at.runs.get(name).run.state)
      if (what === 'logged') expect(at.runs.history(name, 'loss').map(({ value }) => value)).toEqual([0.5, 0.25])
      if (what === 'step') expect(at.runs.get(name).steps.map(({ state }) => state)).toEqual(['completed'])
      if (what === 'named') expect(references.map((each) => each.name)).toContain(`run:${name}`)
      if (what === 'finished') expect(at.runs.get(name).run).toMatchObject({ state: 'completed', failure: null })
    }
    const next = at.startRun(['train'])
    expect(at.finish(next.runId).state).toBe('completed')
  } finally {
    at.database.close()
  }
}

/** What a process that is gone left unfinished; all such names carry its number. */
function leftovers(folder: string): readonly string[] {
  const inside = (name: string) => (existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [])
  const unfinished = [...inside('.'), ...inside('backups')].filter((name) => name.includes('.new-'))
  return [...inside('tmp'), ...unfinished].filter((name) => findProcess(Number(/-(\d+)/.exec(name)?.[1])) === null)
}
