import type { Run } from '../domain/run.ts'
import { isSameProcessAlive } from '../tracking/process-identity.ts'
import type { Recorder } from '../tracking/recorder.ts'
import type { ProcessJournal } from './process-journal.ts'
import { findStepProcesses, killProcesses } from './process-tree.ts'
import { findLeftGroup, sweepLeftGroups } from './step-group.ts'

/**
 * Clears up after a core that died: ends the step processes that it left, which are known by number, start
 * time and boot as well as by the marker that they carry, and marks its runs `failed: interrupted`.
 * @param alone nobody else may record here: then a core that lives is at work in the folder that this one was copied
 * from, and its runs end here; its steps are left to it
 */
export async function recoverRuns(
  journal: ProcessJournal,
  recorder: Recorder,
  alone: boolean,
): Promise<readonly Run[]> {
  for (const entry of journal.list()) {
    if (isSameProcessAlive(entry.owner)) continue
    const group = findLeftGroup(entry.group)
    const left = await killProcesses(() => [
      ...findStepProcesses(entry.stepRunId, entry.process),
      ...(group?.members() ?? []),
    ])
    await group?.remove()
    if (left.length === 0) journal.remove(entry.stepRunId)
  }
  sweepLeftGroups()
  return recorder.recoverInterrupted(alone ? () => false : isSameProcessAlive)
}
